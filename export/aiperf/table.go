package aiperf

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"
)

// consoleWidth is that of AIPerf's text files, whatever the terminal is.
const consoleWidth = 140

// table is a box-drawn table as the Python library rich lays it out.
type table struct {
	title string
	cols  []tableColumn
	rows  [][]string // cells may have several lines
}

type tableColumn struct {
	head string
	left bool // else right
}

// appendTo draws the table, every line ended.
func (t *table) appendTo(dst []byte) []byte {
	widths := t.widths()
	total := len(widths) + 1
	for _, w := range widths {
		total += w + 2
	}
	for _, line := range wrap(t.title, total) {
		dst = append(dst, center(line, total, ' ')...)
		dst = append(dst, '\n')
	}
	heads := make([]string, len(t.cols))
	for i, c := range t.cols {
		heads[i] = c.head
	}
	dst = rule(dst, widths, "┏", "━", "┳", "┓")
	dst = t.row(dst, widths, heads, "┃")
	dst = rule(dst, widths, "┡", "━", "╇", "┩")
	for _, r := range t.rows {
		dst = t.row(dst, widths, r, "│")
	}
	return rule(dst, widths, "└", "─", "┴", "┘")
}

// widths returns the columns' widths without padding: the longest line of
// each, the widest columns cut down until the table fits the console.
func (t *table) widths() []int {
	widths := make([]int, len(t.cols))
	for i, c := range t.cols {
		widths[i] = cells(c.head) + 2
		for _, r := range t.rows {
			for line := range strings.SplitSeq(r[i], "\n") {
				widths[i] = max(widths[i], cells(line)+2)
			}
		}
	}
	collapse(widths, consoleWidth-len(widths)-1)
	for i := range widths {
		widths[i] = max(widths[i]-2, 1)
	}
	return widths
}

// collapse takes the excess from the widest columns, down to the next widest,
// and so on.
func collapse(widths []int, limit int) {
	for {
		excess, widest, second, n := -limit, 0, 0, 0
		for _, w := range widths {
			excess += w
			widest = max(widest, w)
		}
		if excess <= 0 || widest <= 3 {
			return
		}
		for _, w := range widths {
			if w == widest {
				n++
			} else {
				second = max(second, w)
			}
		}
		left := excess
		for i, w := range widths {
			if w == widest {
				cut := min(excess, widest-second, roundHalfEven(left, n))
				widths[i] -= cut
				left -= cut
				n--
			}
		}
	}
}

// roundHalfEven is round(a/b) for positive numbers.
func roundHalfEven(a, b int) int {
	q, r := a/b, a%b
	if 2*r > b || (2*r == b && q%2 == 1) {
		q++
	}
	return q
}

func rule(dst []byte, widths []int, left, line, cross, right string) []byte {
	dst = append(dst, left...)
	for i, w := range widths {
		if i > 0 {
			dst = append(dst, cross...)
		}
		dst = append(dst, strings.Repeat(line, w+2)...)
	}
	return append(append(dst, right...), '\n')
}

func (t *table) row(dst []byte, widths []int, texts []string, bar string) []byte {
	lines := make([][]string, len(widths))
	height := 1
	for i, w := range widths {
		lines[i] = wrap(texts[i], w)
		height = max(height, len(lines[i]))
	}
	for y := range height {
		dst = append(dst, bar...)
		for i, w := range widths {
			text := ""
			if y < len(lines[i]) {
				text = lines[i][y]
			}
			dst = append(dst, ' ')
			if t.cols[i].left {
				dst = append(dst, pad(text, w)...)
			} else {
				text = strings.TrimRight(text, " ")
				dst = append(dst, strings.Repeat(" ", max(w-cells(text), 0))...)
				dst = append(dst, text...)
			}
			dst = append(dst, ' ')
			dst = append(dst, bar...)
		}
		dst = append(dst, '\n')
	}
	return dst
}

// panel draws text in a rounded box with a title, two blanks of padding left
// and right.
func panel(dst []byte, title, text string) []byte {
	title = " " + title + " "
	inner := cells(title) + 2
	for line := range strings.SplitSeq(text, "\n") {
		inner = max(inner, cells(line)+4)
	}
	inner = min(inner, consoleWidth-2)
	dst = append(dst, "╭─"...)
	dst = append(dst, center(title, inner-2, '─')...)
	dst = append(dst, "─╮\n"...)
	for _, line := range wrap(text, inner-4) {
		dst = append(dst, "│  "...)
		dst = append(dst, pad(line, inner-4)...)
		dst = append(dst, "  │\n"...)
	}
	dst = append(dst, "╰"...)
	dst = append(dst, strings.Repeat("─", inner)...)
	return append(dst, "╯\n"...)
}

func center(s string, width int, fill rune) string {
	excess := max(width-cells(s), 0)
	f := string(fill)
	return strings.Repeat(f, excess/2) + s + strings.Repeat(f, excess-excess/2)
}

func pad(s string, width int) string { return s + strings.Repeat(" ", max(width-cells(s), 0)) }

func cells(s string) int { return runewidth.StringWidth(s) }

// wrap breaks text into lines of at most width cells at blanks; words that are
// longer than a line are cut. Existing line ends stay.
func wrap(text string, width int) []string {
	width = max(width, 1)
	var out []string
	for line := range strings.SplitSeq(printable(text), "\n") {
		out = append(out, wrapLine(line, width)...)
	}
	return out
}

func wrapLine(line string, width int) []string {
	var out []string
	start, used := 0, 0 // of the open line: where it begins, its cells
	for pos := 0; pos < len(line); {
		word := nextWord(line[pos:], pos == 0)
		size := cells(strings.TrimRight(word, " "))
		switch {
		case size <= width-used:
			used += cells(word)
		case size > width:
			if pos > start {
				out, start = append(out, line[start:pos]), pos
			}
			used = 0
			for i, r := range word {
				if c := runewidth.RuneWidth(r); used+c > width && used > 0 && pos+i > start {
					out, start, used = append(out, line[start:pos+i]), pos+i, 0
				}
				used += runewidth.RuneWidth(r)
			}
		default:
			if pos > start {
				out, start = append(out, line[start:pos]), pos
			}
			used = cells(word)
		}
		pos += len(word)
	}
	out = append(out, line[start:])
	for i, l := range out {
		if cells(l) > width {
			// Only blanks stand out beyond the edge.
			for cells(l) > width && strings.HasSuffix(l, " ") {
				l = l[:len(l)-1]
			}
			out[i] = l
		}
	}
	return out
}

// nextWord returns a word with the blanks after it, and those before the first.
func nextWord(s string, first bool) string {
	i := 0
	if first {
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	for i < len(s) && s[i] != ' ' {
		i++
	}
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return s[:i]
}

// printable spreads tabs and drops other control characters: an error message
// comes from a server and must not move the cursor of whoever reads the file.
func printable(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == utf8.RuneError }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < ' ' && r != '\n' || r == 0x7f:
			return -1
		}
		return r
	}, s)
}
