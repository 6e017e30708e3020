package tui

import (
	"strconv"

	"tacho/views/cells"
)

// compose appends what turns the terminal's screen into the wanted one, and
// takes the wanted one as shown. The caller holds the lock.
func (d *DiffWriter) compose(b []byte) []byte {
	b = append(b, d.ctl...)
	d.ctl = d.ctl[:0]
	if !d.dirty {
		return b
	}
	d.dirty = false
	if !d.alt {
		return b
	}
	if !d.known {
		b = append(b, "\x1b[m\x1b[H\x1b[2J"...)
		d.have.Clear()
		d.known, d.pen, d.at = true, cells.Style{}, position{0, 0}
	}
	w, h := d.want.Size()
	for y := range h {
		b = d.line(b, y, w)
	}
	d.have.CopyFrom(d.want)
	return b
}

// line sends the changed cells of one line.
func (d *DiffWriter) line(b []byte, y, w int) []byte {
	blankFrom := w // from here on the line is empty
	for blankFrom > 0 {
		c := d.want.At(blankFrom-1, y)
		if !plainBlank(c) {
			break
		}
		blankFrom--
	}
	for x := 0; x < w; x++ {
		if d.want.Same(d.have, x, y) {
			continue
		}
		if x >= blankFrom && d.changes(x, y, w) > 4 {
			b = d.move(b, x, y)
			b = d.dress(b, cells.Style{})
			return append(b, "\x1b[K"...)
		}
		c := d.want.At(x, y)
		if c.W == 0 && c.R != 0 { // the right half of a wide character that changed
			continue
		}
		b = d.move(b, x, y)
		b = d.cell(b, c)
		if c.W == 2 {
			x++
		}
		if x+1 >= w {
			d.at.x = -1 // terminals differ in where the cursor now is
		}
	}
	return b
}

// changes counts the changed cells from x to the end of the line.
func (d *DiffWriter) changes(x, y, w int) int {
	n := 0
	for ; x < w; x++ {
		if !d.want.Same(d.have, x, y) {
			n++
		}
	}
	return n
}

func plainBlank(c cells.Cell) bool {
	return c.Blank() && c.BG == 0 && c.Attr&(cells.Reverse|cells.Underline|cells.Strike) == 0
}

// cell sends one character where the cursor is.
func (d *DiffWriter) cell(b []byte, c cells.Cell) []byte {
	st := c.Style
	if c.Blank() && c.Attr&(cells.Reverse|cells.Underline|cells.Strike) == 0 &&
		d.pen.Attr&(cells.Reverse|cells.Underline|cells.Strike) == 0 && st.BG == d.pen.BG {
		st = d.pen // the text colour of a blank is not seen
	}
	b = d.dress(b, st)
	b = d.want.AppendCell(b, c)
	d.at.x += max(1, int(c.W))
	return b
}

func (d *DiffWriter) dress(b []byte, st cells.Style) []byte {
	b = cells.AppendSGR(b, d.pen, st)
	d.pen = st
	return b
}

// move brings the cursor to a cell in the shortest way.
func (d *DiffWriter) move(b []byte, x, y int) []byte {
	if d.at == (position{x, y}) {
		return b
	}
	if gap := x - d.at.x; d.at.y == y && d.at.x >= 0 && gap > 0 {
		if gap <= 3 && d.retype(x, y, gap) { // as short as moving over them
			for i := x - gap; i < x; i++ {
				b = d.cell(b, d.want.At(i, y))
			}
			return b
		}
		b = append(b, "\x1b["...)
		if gap > 1 {
			b = strconv.AppendInt(b, int64(gap), 10)
		}
		d.at.x = x
		return append(b, 'C')
	}
	b = append(b, "\x1b["...)
	if y > 0 || x > 0 {
		b = strconv.AppendInt(b, int64(y+1), 10)
	}
	if x > 0 {
		b = append(b, ';')
		b = strconv.AppendInt(b, int64(x+1), 10)
	}
	d.at = position{x, y}
	return append(b, 'H')
}

// retype reports that the gap cells before x cost one byte each.
func (d *DiffWriter) retype(x, y, gap int) bool {
	for i := x - gap; i < x; i++ {
		c := d.want.At(i, y)
		if c.W == 2 || (c.W == 0 && c.R != 0) || c.R < 0 || c.R >= 0x80 {
			return false
		}
		if c.Style != d.pen && !(plainBlank(c) && d.pen.BG == 0 && d.pen.Attr&(cells.Reverse|cells.Underline|cells.Strike) == 0) {
			return false
		}
	}
	return true
}
