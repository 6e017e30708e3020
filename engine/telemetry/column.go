package telemetry

import (
	"math"
	"slices"
)

// column is one number over the scrapes of a page, kept where it changes: most
// numbers of a page stand still. NaN is absent.
type column struct {
	at  []uint32 // scrape from which on val holds, ascending
	val []float64
}

// push notes the value of a scrape, the latest or that again, and returns by how
// many changes there are more.
func (c *column) push(i int, v float64) int {
	if n := len(c.val); n > 0 && c.at[n-1] == uint32(i) {
		c.at, c.val = c.at[:n-1], c.val[:n-1]
		return c.push(i, v) - 1
	} else if n > 0 {
		if last := c.val[n-1]; last == v || last != last && v != v {
			return 0
		}
	} else if v != v {
		return 0
	}
	c.at, c.val = append(c.at, uint32(i)), append(c.val, v)
	return 1
}

// remap moves the changes to the scrapes that are left: next[i] is the new
// number of the first scrape from i on that is kept. It returns how many
// changes are left.
func (c *column) remap(next []uint32) int {
	n := 0
	for i, at := range c.at {
		k := next[at]
		if n > 0 && c.at[n-1] == k {
			n-- // overtaken before any kept scrape saw it
		}
		v := c.val[i]
		if n > 0 && (c.val[n-1] == v || c.val[n-1] != c.val[n-1] && v != v) {
			continue
		}
		c.at[n], c.val[n] = k, v
		n++
	}
	c.at, c.val = slices.Clip(c.at[:n]), slices.Clip(c.val[:n])
	return n
}

// cursor walks a column forward.
type cursor struct {
	c *column
	n int // changes passed
}

// value is that of scrape i, which must not go back.
func (k *cursor) value(i int) float64 {
	for k.n < len(k.c.at) && k.c.at[k.n] <= uint32(i) {
		k.n++
	}
	if k.n == 0 {
		return math.NaN()
	}
	return k.c.val[k.n-1]
}

// last is the latest value.
func (c *column) last() float64 {
	if n := len(c.val); n > 0 {
		return c.val[n-1]
	}
	return math.NaN()
}
