package table

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/figure"
	"tacho/views/theme"
)

// ErrorList is the causes of failures as a list, in the order they come.
func ErrorList(s *snap.Snapshot) *List {
	groups := s.ErrorGroups
	l := &List{Len: len(groups), Sort: -1, Select: true, Empty: noErrors(s), Columns: []Column{
		{Head: "count", Width: 9},
		{Head: "share %", Width: 9, Drop: 3},
		{Head: " kind", Width: 15, Left: true},
		{Head: "code", Width: 6, Drop: 2, Left: true},
		{Head: "last", Width: 8, Drop: 1},
		{Head: " message", Width: 12, Left: true, Grow: true},
	}}
	l.Cell = func(row, col int) Cell {
		e := &groups[row]
		switch col {
		case 0:
			return Cell{figure.Count(e.Count), theme.Warn}
		case 1:
			share := figure.Unknown
			if all := s.Done + s.Errors; all > 0 {
				share = figure.Share(float64(e.Count) / float64(all))
			}
			return Cell{share, theme.Text}
		case 2:
			return Cell{" " + e.Kind, theme.Text}
		case 3:
			if e.Code == 0 {
				return Cell{}
			}
			return Cell{strconv.Itoa(e.Code), theme.Text}
		case 4:
			return Cell{figure.Clock(e.LastAt), theme.Label}
		}
		return Cell{" " + e.Message, theme.Label}
	}
	return l
}

func noErrors(s *snap.Snapshot) string {
	switch {
	case s.Errors > 0:
		return figure.Count(s.Errors) + " errors, not sorted yet"
	case s.Done == 0 && s.Final == nil:
		return "no errors, and no answers yet"
	}
	return "no errors: all " + figure.Count(s.Done) + " requests so far were answered"
}
