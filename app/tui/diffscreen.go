package tui

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"tacho/views/cells"
)

// played is the terminal as the program believes it to be: it understands what
// Bubble Tea and its renderer write.
type played struct {
	clusters *cells.Clusters
	want     *cells.Grid
	x, y     int
	wrap     bool // the last column was written; the next character wraps
	style    cells.Style
	alt      bool   // in the alternate screen
	rest     string // an unfinished sequence
}

// controls is who takes what is not drawing.
type controls interface {
	pass(seq string)
	enter(seq string)
	leave(seq string)
	forget()
}

// play interprets output; what does not draw goes to c in order.
func (s *played) play(p []byte, c controls) {
	text := s.rest + string(p)
	s.rest = ""
	text, tail := wholeRunes(text)
	defer func() { s.rest += tail }()
	for len(text) > 0 {
		if text[0] == '\x1b' {
			n, whole := sequence(text)
			if !whole {
				if len(text) < maxCtl {
					s.rest = text
				}
				return
			}
			s.escape(text[:n], c)
			text = text[n:]
			continue
		}
		if !s.alt {
			n := strings.IndexByte(text, '\x1b')
			if n < 0 {
				n = len(text)
			}
			c.pass(text[:n])
			text = text[n:]
			continue
		}
		if text[0] < 0x20 || text[0] == 0x7f {
			s.control(text[0], c)
			text = text[1:]
			continue
		}
		r, w, n := s.clusters.Next(text)
		text = text[n:]
		if w > 0 {
			s.put(r, w)
		}
	}
}

// wholeRunes cuts off a character that is not complete yet.
func wholeRunes(s string) (whole, tail string) {
	for i := len(s) - 1; i >= 0 && i >= len(s)-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			if !utf8.FullRuneInString(s[i:]) {
				return s[:i], s[i:]
			}
			break
		}
	}
	return s, ""
}

// sequence is the length of the escape sequence at the start of s, and whether
// it is complete.
func sequence(s string) (n int, whole bool) {
	if len(s) < 2 {
		return 0, false
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1, true
			}
		}
		return 0, false
	case ']', 'P', '_', '^', 'X':
		for i := 2; i < len(s); i++ {
			if s[i] == '\a' && s[1] == ']' {
				return i + 1, true
			}
			if s[i] == '\x1b' && i+1 < len(s) && s[i+1] == '\\' {
				return i + 2, true
			}
		}
		return 0, false
	}
	for i := 1; i < len(s); i++ {
		if s[i] >= 0x30 {
			return i + 1, true
		}
	}
	return 0, false
}

func (s *played) control(b byte, c controls) {
	switch b {
	case '\r':
		s.x, s.wrap = 0, false
	case '\n':
		s.down()
	case '\b':
		s.x, s.wrap = max(0, s.x-1), false
	case '\t':
		w, _ := s.want.Size()
		s.x, s.wrap = min(w-1, s.x/8*8+8), false
	case '\a':
		c.pass("\a")
	}
}

func (s *played) down() {
	_, h := s.want.Size()
	s.wrap = false
	if s.y >= h-1 {
		s.want.ScrollUp()
		return
	}
	s.y++
}

func (s *played) put(r rune, width int) {
	w, _ := s.want.Size()
	if s.wrap || s.x+width > w {
		s.x = 0
		s.down()
	}
	s.want.Put(s.x, s.y, r, width, s.style)
	s.x += width
	if s.x >= w {
		s.x, s.wrap = max(0, w-1), true
	}
}

func (s *played) escape(seq string, c controls) {
	if seq[1] != '[' {
		c.pass(seq)
		return
	}
	final, body := seq[len(seq)-1], seq[2:len(seq)-1]
	if body != "" && body[0] >= '<' && body[0] <= '?' {
		s.private(seq, body, final, c)
		return
	}
	if !s.alt {
		c.pass(seq)
		return
	}
	if final == 'm' {
		s.style = applySGR(s.style, body)
		return
	}
	w, h := s.want.Size()
	n := arg(body, 0, 1)
	switch final {
	case 'A':
		s.y = max(0, s.y-n)
	case 'B':
		s.y = min(h-1, s.y+n)
	case 'C':
		s.x = min(w-1, s.x+n)
	case 'D':
		s.x = max(0, s.x-n)
	case 'E':
		s.x, s.y = 0, min(h-1, s.y+n)
	case 'F':
		s.x, s.y = 0, max(0, s.y-n)
	case 'G':
		s.x = min(w, n) - 1
	case 'd':
		s.y = min(h, n) - 1
	case 'H', 'f':
		s.y, s.x = min(h, n)-1, min(w, arg(body, 1, 1))-1
	case 'J':
		s.eraseScreen(arg(body, 0, 0), c)
	case 'K':
		s.eraseLine(arg(body, 0, 0))
	case 'X':
		s.erase(s.x, s.y, n)
	default: // nothing that Bubble Tea writes; let the terminal decide
		c.pass(seq)
		c.forget()
	}
	s.wrap = false
}

// private handles the modes, of which only the alternate screen matters here.
func (s *played) private(seq, body string, final byte, c controls) {
	if body[0] != '?' || (final != 'h' && final != 'l') {
		c.pass(seq)
		return
	}
	switch body[1:] {
	case "1049", "1047", "47":
		if s.alt = final == 'h'; s.alt {
			s.want.Clear()
			s.x, s.y, s.wrap, s.style = 0, 0, false, cells.Style{}
			c.enter(seq)
			return
		}
		c.leave(seq)
		return
	}
	c.pass(seq)
}

func (s *played) eraseScreen(mode int, c controls) {
	w, h := s.want.Size()
	switch mode {
	case 0:
		s.eraseLine(0)
		for y := s.y + 1; y < h; y++ {
			s.erase(0, y, w)
		}
	case 1:
		s.eraseLine(1)
		for y := range s.y {
			s.erase(0, y, w)
		}
	case 2, 3:
		for y := range h {
			s.erase(0, y, w)
		}
		c.forget() // who clears the screen wants it drawn anew
	}
}

func (s *played) eraseLine(mode int) {
	w, _ := s.want.Size()
	switch mode {
	case 0:
		if !s.wrap { // at the very end there is nothing to the right
			s.erase(s.x, s.y, w-s.x)
		}
	case 1:
		s.erase(0, s.y, s.x+1)
	case 2:
		s.erase(0, s.y, w)
	}
}

func (s *played) erase(x, y, n int) {
	s.want.Fill(cells.Rect{X: x, Y: y, W: n, H: 1}, ' ', cells.Style{BG: s.style.BG})
}

// arg is the i-th number of a sequence; 0 and nothing are def.
func arg(body string, i, def int) int {
	for ; i > 0; i-- {
		_, rest, ok := strings.Cut(body, ";")
		if !ok {
			return def
		}
		body = rest
	}
	body, _, _ = strings.Cut(body, ";")
	n, err := strconv.Atoi(body)
	if err != nil || n <= 0 || n > 1<<15 {
		return def
	}
	return n
}
