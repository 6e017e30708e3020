package tui

import (
	"strconv"
	"strings"

	"tacho/views/cells"
)

// attrOf are the SGR numbers that set an attribute.
var attrOf = map[int]cells.Attr{1: cells.Bold, 2: cells.Faint, 3: cells.Italic, 4: cells.Underline, 5: cells.Blink, 7: cells.Reverse, 8: cells.Hidden, 9: cells.Strike}

// notAttr are those that take attributes away.
var notAttr = map[int]cells.Attr{22: cells.Bold | cells.Faint, 23: cells.Italic, 24: cells.Underline, 25: cells.Blink, 27: cells.Reverse, 28: cells.Hidden, 29: cells.Strike}

// applySGR is the style after a colour sequence with these parameters.
func applySGR(st cells.Style, body string) cells.Style {
	p := numbers(body)
	for i := 0; i < len(p); i++ {
		n := p[i]
		switch {
		case n == 0:
			st = cells.Style{}
		case attrOf[n] != 0:
			st.Attr |= attrOf[n]
		case notAttr[n] != 0:
			st.Attr &^= notAttr[n]
		case n >= 30 && n <= 37:
			st.FG = cells.Indexed(uint8(n - 30))
		case n >= 90 && n <= 97:
			st.FG = cells.Indexed(uint8(n - 90 + 8))
		case n >= 40 && n <= 47:
			st.BG = cells.Indexed(uint8(n - 40))
		case n >= 100 && n <= 107:
			st.BG = cells.Indexed(uint8(n - 100 + 8))
		case n == 39:
			st.FG = 0
		case n == 49:
			st.BG = 0
		case n == 38 || n == 48:
			c, used := extended(p[i+1:])
			i += used
			if n == 38 {
				st.FG = c
			} else {
				st.BG = c
			}
		}
	}
	return st
}

// extended reads 5;n or 2;r;g;b and returns how many numbers it took.
func extended(p []int) (cells.Color, int) {
	switch {
	case len(p) >= 2 && p[0] == 5:
		return cells.Indexed(uint8(p[1])), 2
	case len(p) >= 4 && p[0] == 2:
		return cells.RGB(uint8(p[1]), uint8(p[2]), uint8(p[3])), 4
	}
	return 0, len(p)
}

func numbers(body string) []int {
	if body == "" {
		return []int{0}
	}
	var out []int
	for part := range strings.FieldsFuncSeq(body, func(r rune) bool { return r == ':' }) {
		for f := range strings.SplitSeq(part, ";") {
			n, err := strconv.Atoi(f)
			if err != nil || n < 0 {
				n = 0
			}
			out = append(out, n)
		}
	}
	return out
}
