package stats

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// blockRows is the number of values in a block.
const blockRows = 4096

// A block is blockRows values in the narrowest form that gives back the very
// same floats:
//
//	constant  form, value                       all equal, or all absent (NaN)
//	packed    form, scale, width, base, data    whole multiples of a scale
//	table     form, entries, values, data       at most 256 different values
//	raw       form, data                        8 bytes each
//
// A form with the bit sparse is followed by a bitmap of who is present; data
// then holds these alone. Numbers are little endian.
const (
	constant byte = iota
	packed
	table
	raw
	sparse byte = 0x80
)

// scales are what metrics are whole multiples of: counts, nanoseconds shown in
// milliseconds, bytes shown in KB.
var scales = [...]struct{ unit, inverse float64 }{{1, 1}, {1e-6, 1e6}, {1.0 / 1024, 1024}}

// coder encodes blocks. Its slices are reused.
type coder struct {
	present []float64
	ints    []int64
	out     []byte
	seen    map[uint64]byte
	values  []float64
	codes   []byte
}

// encode returns the block of vals, valid until the next call.
func (c *coder) encode(vals []float64) []byte {
	c.present, c.out = c.present[:0], c.out[:0]
	for _, v := range vals {
		if v == v {
			c.present = append(c.present, v)
		}
	}
	p := c.present
	if len(p) == 0 {
		return c.number(append(c.out, constant), math.NaN())
	}
	mark := byte(0)
	if len(p) < len(vals) {
		mark = sparse
	} else if allEqual(p) {
		return c.number(append(c.out, constant), p[0])
	}
	if unit, lo, width, ok := c.pack(p); ok {
		c.out = c.bitmap(append(c.out, packed|mark), vals)
		c.out = binary.LittleEndian.AppendUint64(append(c.out, unit, width), uint64(lo))
		for _, n := range c.ints {
			c.out = binary.LittleEndian.AppendUint64(c.out, uint64(n-lo))
			c.out = c.out[:len(c.out)-8+int(width)]
		}
		return c.out
	}
	if c.tabulate(p, vals, mark) {
		return c.out
	}
	c.out = c.bitmap(append(c.out[:0], raw|mark), vals)
	for _, v := range p {
		c.out = c.number(c.out, v)
	}
	return c.out
}

func (c *coder) number(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func allEqual(p []float64) bool {
	for _, v := range p {
		if math.Float64bits(v) != math.Float64bits(p[0]) {
			return false
		}
	}
	return true
}

// pack finds a scale of which all values are whole multiples and leaves these in
// c.ints. Negative zero is not a multiple of anything.
func (c *coder) pack(p []float64) (unit byte, lo int64, width byte, ok bool) {
scale:
	for i, s := range scales {
		c.ints = c.ints[:0]
		lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
		for _, v := range p {
			n := math.Round(v * s.inverse)
			if !(math.Abs(n) < 1<<53) || n*s.unit != v || v == 0 && math.Signbit(v) {
				continue scale
			}
			k := int64(n)
			lo, hi = min(lo, k), max(hi, k)
			c.ints = append(c.ints, k)
		}
		w := (bits.Len64(uint64(hi-lo)) + 7) / 8
		return byte(i), lo, byte(w), w < 8
	}
	return 0, 0, 0, false
}

// tabulate writes p as numbers of the entries of a table; false when there are
// too many different values.
func (c *coder) tabulate(p, vals []float64, mark byte) bool {
	if c.seen == nil {
		c.seen = make(map[uint64]byte, 256)
	}
	clear(c.seen)
	c.values, c.codes = c.values[:0], c.codes[:0]
	for _, v := range p {
		k := math.Float64bits(v)
		code, ok := c.seen[k]
		if !ok {
			if len(c.values) == 256 {
				return false
			}
			code = byte(len(c.values))
			c.seen[k] = code
			c.values = append(c.values, v)
		}
		c.codes = append(c.codes, code)
	}
	c.out = c.bitmap(append(c.out[:0], table|mark), vals)
	c.out = append(c.out, byte(len(c.values)-1))
	for _, v := range c.values {
		c.out = c.number(c.out, v)
	}
	c.out = append(c.out, c.codes...)
	return true
}

func (c *coder) bitmap(b []byte, vals []float64) []byte {
	if b[0]&sparse == 0 {
		return b
	}
	for i := 0; i < len(vals); i += 8 {
		var m byte
		for j, v := range vals[i:min(i+8, len(vals))] {
			if v == v {
				m |= 1 << j
			}
		}
		b = append(b, m)
	}
	return b
}

// decode fills dst with the values of a block made from as many.
func decode(dst []float64, b []byte) {
	form, b := b[0], b[1:]
	var has []byte
	if form&sparse != 0 {
		n := (len(dst) + 7) / 8
		has, b = b[:n], b[n:]
	}
	n := len(dst)
	if has != nil {
		n = 0
		for _, m := range has {
			n += bits.OnesCount8(m)
		}
	}
	// The present values go to the front and are spread afterwards.
	switch form &^ sparse {
	case constant:
		v := math.Float64frombits(binary.LittleEndian.Uint64(b))
		for i := range dst {
			dst[i] = v
		}
		return
	case packed:
		unpack(dst[:n], b)
	case table:
		entries := int(b[0]) + 1
		values, codes := b[1:1+8*entries], b[1+8*entries:]
		for i := range n {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(values[8*int(codes[i]):]))
		}
	case raw:
		for i := range n {
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	if has != nil {
		spread(dst, has, n)
	}
}

func unpack(dst []float64, b []byte) {
	unit, width := scales[b[0]].unit, int(b[1])
	lo := int64(binary.LittleEndian.Uint64(b[2:]))
	b = b[10:]
	mask := uint64(1)<<(8*width) - 1
	for i := range dst {
		at := i * width
		var n uint64
		if at+8 <= len(b) {
			n = binary.LittleEndian.Uint64(b[at:]) & mask
		} else {
			for j := range width {
				n |= uint64(b[at+j]) << (8 * j)
			}
		}
		dst[i] = float64(lo+int64(n)) * unit
	}
}

// spread moves the first n values to their places, from the back.
func spread(dst []float64, has []byte, n int) {
	for i := len(dst) - 1; i >= 0; i-- {
		if has[i/8]&(1<<(i%8)) != 0 {
			n--
			dst[i] = dst[n]
		} else {
			dst[i] = math.NaN()
		}
	}
}
