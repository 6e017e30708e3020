package table

import (
	"cmp"
	"math"
	"slices"
)

// Order is how a list is sorted. The zero value is its usual order; By is a
// column, counted from 1.
type Order struct {
	By   int
	Flip bool
}

// Step goes to another of n columns, or back to the usual order.
func (o Order) Step(by, n int) Order {
	return Order{By: (o.By + by + n + 1) % (n + 1)}
}

// Field is one column of a list of T.
type Field[T any] struct {
	Column
	Cell func(T) Cell
	// Num is what the column is ordered by, NaN last; nil orders by the text.
	Num func(T) float64
}

// Sort returns the rows sorted: numbers the largest first, words from A on, or
// the other way round. The usual order is that of rows, or its reverse.
func Sort[T any](fields []Field[T], rows []T, o Order) []T {
	rows = slices.Clone(rows)
	if o.By < 1 || o.By > len(fields) {
		if o.Flip {
			slices.Reverse(rows)
		}
		return rows
	}
	f := fields[o.By-1]
	slices.SortStableFunc(rows, func(a, b T) int {
		if f.Num == nil {
			c := cmp.Compare(f.Cell(a).Text, f.Cell(b).Text)
			if o.Flip {
				return -c
			}
			return c
		}
		x, y := f.Num(a), f.Num(b)
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return cmp.Compare(b2i(math.IsNaN(x)), b2i(math.IsNaN(y)))
		case o.Flip:
			return cmp.Compare(x, y)
		}
		return cmp.Compare(y, x)
	})
	return rows
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// NewList makes a List of rows that are in order already.
func NewList[T any](fields []Field[T], rows []T, o Order) *List {
	l := &List{Len: len(rows), Sort: o.By - 1, Select: true}
	for _, f := range fields {
		l.Columns = append(l.Columns, f.Column)
	}
	if o.By > 0 && o.By <= len(fields) {
		l.Desc = (fields[o.By-1].Num != nil) != o.Flip
	}
	l.Cell = func(row, col int) Cell { return fields[col].Cell(rows[row]) }
	return l
}
