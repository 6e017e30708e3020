package replay

import (
	"encoding/binary"
	"strconv"
	"unsafe"
)

// isDigits reports whether eight bytes are all digits.
func isDigits(x uint64) bool {
	return x&(ones*0xf0)|((x+ones*0x06)&(ones*0xf0))>>4 == ones*0x33
}

// eightDigits is the value of eight digits, the first in the lowest byte.
func eightDigits(x uint64) uint64 {
	x -= ones * '0'
	x = x*10 + x>>8
	return ((x&0x000000ff000000ff)*(100+1000000<<32) + (x>>16&0x000000ff000000ff)*(1+10000<<32)) >> 32
}

// digits adds digits to mant as long as they fit; n counts all of them, kept
// those that were added.
func digits(data []byte, p int, mant uint64, kept int) (q int, m uint64, k int) {
	for kept <= 11 && p+8 <= len(data) {
		x := binary.LittleEndian.Uint64(data[p:])
		if !isDigits(x) {
			break
		}
		mant, kept, p = mant*100000000+eightDigits(x), kept+8, p+8
	}
	for ; p < len(data); p++ {
		d := data[p] - '0'
		if d > 9 {
			break
		}
		if kept < 19 {
			mant = mant*10 + uint64(d)
			if mant > 0 {
				kept++
			}
			continue
		}
		return p, mant, -1 // longer than any program writes
	}
	return p, mant, kept
}

// powers of ten that a 64-bit float holds exactly.
var powers = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// readNumber reads a number, to within two units of the last place of a 64-bit
// float.
func readNumber(data []byte, p int) (v float64, q int, ok bool) {
	start, neg := p, false
	if p < len(data) && data[p] == '-' {
		neg = true
		p++
	}
	if p+1 < len(data) && data[p] == '0' && data[p+1]-'0' <= 9 {
		return 0, p, false
	}
	q, mant, kept := digits(data, p, 0, 0)
	if q == p {
		return 0, p, false
	}
	decimals := 0
	if q < len(data) && data[q] == '.' && kept >= 0 {
		p = q + 1
		q, mant, kept = digits(data, p, mant, kept)
		if decimals = q - p; decimals == 0 {
			return 0, p, false
		}
	}
	if kept < 0 || decimals >= len(powers) || q < len(data) && (data[q] == 'e' || data[q] == 'E') {
		return readRareNumber(data, start)
	}
	v = float64(mant) / powers[decimals]
	if neg {
		v = -v
	}
	return v, q, true
}

// passNumber is readNumber for a number that nobody asked for.
func passNumber(data []byte, p int) (q int, ok bool) {
	q = p
	if q < len(data) && data[q] == '-' {
		q++
	}
	whole := q
	if q = passDigits(data, q); q == whole || data[whole] == '0' && q > whole+1 {
		return p, false
	}
	if q < len(data) && data[q] == '.' {
		from := q + 1
		if q = passDigits(data, from); q == from {
			return p, false
		}
	}
	if q-p > 40 || q < len(data) && (data[q] == 'e' || data[q] == 'E') {
		_, q, ok = readRareNumber(data, p)
		return q, ok
	}
	return q, true
}

func passDigits(data []byte, p int) int {
	for p+8 <= len(data) && isDigits(binary.LittleEndian.Uint64(data[p:])) {
		p += 8
	}
	for p < len(data) && data[p]-'0' <= 9 {
		p++
	}
	return p
}

// readRareNumber reads one with an exponent or a great many digits.
func readRareNumber(data []byte, p int) (v float64, q int, ok bool) {
	q = p
	for q < len(data) {
		if c := data[q]; c-'0' > 9 && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		q++
	}
	if q == p || !plainNumber(data[p:q]) {
		return 0, p, false
	}
	text := data[p:q]
	v, err := strconv.ParseFloat(unsafe.String(&text[0], len(text)), 64)
	return v, q, err == nil
}

// plainNumber holds text that consists of the characters of numbers to the
// grammar of JSON, where ParseFloat is laxer.
func plainNumber(text []byte) bool {
	p := 0
	run := func() bool {
		from := p
		for p < len(text) && text[p]-'0' <= 9 {
			p++
		}
		return p > from
	}
	if text[p] == '-' {
		p++
	}
	zero := p
	if !run() || text[zero] == '0' && p > zero+1 {
		return false
	}
	if p < len(text) && text[p] == '.' {
		p++
		if !run() {
			return false
		}
	}
	if p < len(text) && (text[p] == 'e' || text[p] == 'E') {
		p++
		if p < len(text) && (text[p] == '-' || text[p] == '+') {
			p++
		}
		if !run() {
			return false
		}
	}
	return p == len(text)
}

// readInt reads a whole number of at most 18 digits.
func readInt(data []byte, p int) (v int64, q int, ok bool) {
	neg := false
	if p < len(data) && data[p] == '-' {
		neg = true
		p++
	}
	first := p
	var n uint64
	for p+8 <= len(data) {
		x := binary.LittleEndian.Uint64(data[p:])
		if !isDigits(x) || p-first > 8 {
			break
		}
		n, p = n*100000000+eightDigits(x), p+8
	}
	for p < len(data) && data[p]-'0' <= 9 {
		n = n*10 + uint64(data[p]-'0')
		p++
	}
	// 19 digits may still fit: Unix nanoseconds have as many.
	size := p - first
	if size == 0 || size > 19 || n > 1<<63-1 || size > 1 && data[first] == '0' {
		return 0, p, false
	}
	if p < len(data) && (data[p] == '.' || data[p] == 'e' || data[p] == 'E') {
		return 0, p, false
	}
	v = int64(n)
	if neg {
		v = -v
	}
	return v, p, true
}
