package cells

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// maxClusters bounds the table of one grid: text comes from servers.
const maxClusters = 4096

// Clusters holds the characters that are more than one code point, by
// negative numbers. The zero value is ready; it is not for concurrent use.
type Clusters struct {
	list []string
	ids  map[string]rune
}

// Intern returns the number of a cluster. When the table is full, the first
// code point stands for the cluster.
func (c *Clusters) Intern(s string) rune {
	if id, ok := c.ids[s]; ok {
		return id
	}
	if len(c.list) >= maxClusters {
		r, _ := utf8.DecodeRuneInString(s)
		return r
	}
	if c.ids == nil {
		c.ids = make(map[string]rune)
	}
	c.list = append(c.list, s)
	id := rune(-len(c.list))
	c.ids[s] = id
	return id
}

func (c *Clusters) text(id rune) string {
	if i := int(-id) - 1; i >= 0 && i < len(c.list) {
		return c.list[i]
	}
	return "?"
}

// Next cuts the first character off s: its cell content, its width in cells (0
// for one that shows nothing) and its length in bytes. Control characters and
// broken UTF-8 come back as '?' or, for white space, as a blank, so that no
// text from outside can move the cursor.
func (c *Clusters) Next(s string) (r rune, width, n int) {
	b := s[0]
	if b < 0x80 && (len(s) == 1 || s[1] < 0x80) {
		switch {
		case b >= 0x20 && b < 0x7f:
			return rune(b), 1, 1
		case b == '\t' || b == '\n' || b == '\r':
			return ' ', 1, 1
		}
		return '?', 1, 1
	}
	r, n = utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n <= 1:
		return '?', 1, max(1, n)
	case r == '\t' || r == '\n' || r == '\r':
		return ' ', 1, n
	case r < 0x20 || (r >= 0x7f && r < 0xa0):
		return '?', 1, n
	case isSimple(r) && (n == len(s) || s[n] < 0x80 || nextSimple(s[n:])):
		return r, 1, n
	}
	cl, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	if len(cl) < n || !utf8.ValidString(cl) { // it may take broken bytes along
		cl = s[:n]
		w = ansi.StringWidth(cl)
	}
	switch {
	case w <= 0 || isFormat(r):
		return 0, 0, len(cl)
	case len(cl) > n:
		return c.Intern(cl), min(w, 2), len(cl)
	}
	return r, min(w, 2), n
}

// isFormat reports characters that reorder or hide text around them.
func isFormat(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
}

// isSimple reports the characters our own screens are made of, all one cell
// wide and never part of a cluster: Latin, punctuation, arrows, mathematical
// signs, boxes, blocks, geometric shapes, braille.
func isSimple(r rune) bool {
	return r >= 0xa1 && r < 0x2c0 && r != 0xa9 && r != 0xad && r != 0xae || r >= 0x2010 && r <= 0x2027 || r == 0x2212 || r >= 0x2264 && r <= 0x2265 ||
		r >= 0x2500 && r < 0x25a0 || r >= 0x2800 && r < 0x2900
}

func nextSimple(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && isSimple(r)
}

// Width returns how many cells s takes, after the same cleaning that Text does.
func Width(s string) int {
	var c Clusters
	w := 0
	for len(s) > 0 {
		_, cw, n := c.Next(s)
		w += cw
		s = s[n:]
	}
	return w
}

// Text draws s from x, y in at most width cells and returns the cell after it.
// Text that does not fit ends in "…".
func (g *Grid) Text(x, y, width int, s string, st Style) int {
	if width <= 0 {
		return x
	}
	end := x + width
	cut := false
	if len(s) > width && Width(s) > width {
		cut = true
		end--
	}
	for len(s) > 0 {
		r, w, n := g.clusters.Next(s)
		if x+w > end {
			break
		}
		if w > 0 && g.ASCII && (r < 0 || r >= 0x80) {
			r, w = asciiFor(r), 1
		}
		if w > 0 {
			g.Put(x, y, r, w, st)
			x += w
		}
		s = s[n:]
	}
	if cut {
		g.Put(x, y, g.ellipsis(), 1, st)
		x++
	}
	return x
}

// Right draws s so that it ends just before column end, in at most width
// cells, and returns the column it starts at.
func (g *Grid) Right(end, y, width int, s string, st Style) int {
	w := min(Width(s), width)
	g.Text(end-w, y, w, s, st)
	return end - w
}

func (g *Grid) ellipsis() rune {
	if g.ASCII {
		return '~'
	}
	return '…'
}

// asciiFor stands in for the few other characters our own screens write.
func asciiFor(r rune) rune {
	switch r {
	case '–', '─':
		return '-'
	case '·':
		return '|'
	case '≤':
		return '<'
	case '≥':
		return '>'
	case '→':
		return '>'
	case '←':
		return '<'
	case '↑':
		return '^'
	case '↓':
		return 'v'
	case '×':
		return 'x'
	}
	return '?'
}

// Wrap cuts text into lines of at most width cells, at blanks where there are any.
func Wrap(s string, width int) []string {
	if width < 1 {
		return nil
	}
	var lines []string
	line, lineW := "", 0
	for word := range strings.FieldsSeq(s) {
		w := Width(word)
		if lineW > 0 && lineW+1+w <= width {
			line, lineW = line+" "+word, lineW+1+w
			continue
		}
		if lineW > 0 {
			lines = append(lines, line)
		}
		for w > width { // a word that is longer than a line
			n := fitting(word, width)
			lines = append(lines, word[:n])
			word = word[n:]
			w = Width(word)
		}
		line, lineW = word, w
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting is how many bytes of s take at most width cells, at least one character.
func fitting(s string, width int) int {
	var c Clusters
	at, used := 0, 0
	for at < len(s) {
		_, w, n := c.Next(s[at:])
		if used+w > width && at > 0 {
			break
		}
		at, used = at+n, used+w
	}
	return at
}
