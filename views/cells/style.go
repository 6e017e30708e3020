package cells

import "strconv"

// Color is a terminal colour. The zero value is the terminal's own default.
type Color uint32

const (
	kindIndexed Color = 1 << 24
	kindRGB     Color = 2 << 24
	kindMask    Color = 0xff << 24
)

// Indexed is a colour of the 256-colour palette; 0..15 are the 16 basic ones.
func Indexed(n uint8) Color { return kindIndexed | Color(n) }

// RGB is a 24-bit colour.
func RGB(r, g, b uint8) Color {
	return kindRGB | Color(r)<<16 | Color(g)<<8 | Color(b)
}

// Attr is a set of text attributes.
type Attr uint8

// The attributes that Style can hold.
const (
	Bold Attr = 1 << iota
	Faint
	Italic
	Underline
	Blink
	Reverse
	Hidden
	Strike
)

// attrCodes are the SGR numbers that set each Attr bit, lowest bit first.
var attrCodes = [8]byte{1, 2, 3, 4, 5, 7, 8, 9}

// Style is how a cell looks. The zero value is plain text.
type Style struct {
	FG, BG Color
	Attr   Attr
}

// With returns the style with attributes added.
func (s Style) With(a Attr) Style { s.Attr |= a; return s }

// AppendSGR appends the shortest colour sequence that turns style from into
// style to, and nothing when they are equal.
func AppendSGR(dst []byte, from, to Style) []byte {
	if from == to {
		return dst
	}
	if to == (Style{}) {
		return append(dst, "\x1b[m"...)
	}
	dst = append(dst, "\x1b["...)
	start := len(dst)
	if from.Attr&^to.Attr != 0 { // an attribute can only be taken away by a reset
		dst = append(dst, '0')
		from = Style{}
	}
	add := to.Attr &^ from.Attr
	for i, code := range attrCodes {
		if add&(1<<i) != 0 {
			dst = separate(dst, start)
			dst = strconv.AppendUint(dst, uint64(code), 10)
		}
	}
	if to.FG != from.FG {
		dst = appendColor(separate(dst, start), to.FG, 30)
	}
	if to.BG != from.BG {
		dst = appendColor(separate(dst, start), to.BG, 40)
	}
	return append(dst, 'm')
}

func separate(dst []byte, start int) []byte {
	if len(dst) > start {
		return append(dst, ';')
	}
	return dst
}

// appendColor appends the SGR parameters of c; base is 30 or 40.
func appendColor(dst []byte, c Color, base uint64) []byte {
	switch n := uint64(c &^ kindMask); c & kindMask {
	case kindIndexed:
		switch {
		case n < 8:
			return strconv.AppendUint(dst, base+n, 10)
		case n < 16:
			return strconv.AppendUint(dst, base+60+n-8, 10)
		}
		dst = strconv.AppendUint(dst, base+8, 10)
		dst = append(dst, ";5;"...)
		return strconv.AppendUint(dst, n, 10)
	case kindRGB:
		dst = strconv.AppendUint(dst, base+8, 10)
		dst = append(dst, ";2;"...)
		dst = strconv.AppendUint(dst, n>>16&255, 10)
		dst = append(dst, ';')
		dst = strconv.AppendUint(dst, n>>8&255, 10)
		dst = append(dst, ';')
		return strconv.AppendUint(dst, n&255, 10)
	}
	return strconv.AppendUint(dst, base+9, 10)
}
