package panel

import (
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// Letters of the time bar, plain so that they read the same everywhere.
const (
	barError = 'x'
	barStall = '!'
	barMark  = '^'
)

// Tape draws a recorded run as a bar: its slices, errors, stalls and marks, the
// head, and what moves it.
func Tape(g *cells.Grid, x, y, width int, t *snap.Timeline, head time.Duration, playing bool, speed float64, th *theme.Theme) {
	word, role := "PAUSED", theme.Warn
	if playing {
		word, role = "PLAYS x"+figure.Short(speed), theme.Accent
	} else if speed != 1 {
		word += " x" + figure.Short(speed)
	}
	end := LineRight(g, x+width-1, y, width*2/3, []Seg{
		{Text: figure.Clock(head) + "/" + figure.Clock(t.Length), Role: theme.Strong},
		{Text: "x error  ! stall  ^ mark", Role: theme.Dim, Drop: 2},
	}, th)
	x = g.Text(x+1, y, 13, word, th.Style(role)) + 1
	w := end - 1 - x
	if w < 4 || t.Length <= 0 {
		return
	}
	at := func(d time.Duration) int {
		return x + min(w-1, max(0, int(float64(d)/float64(t.Length)*float64(w))))
	}
	for i := range w {
		st, r := th.Style(theme.Frame), th.Glyphs.BarOff
		if x+i < at(head) {
			st, r = th.Style(theme.Accent), th.Glyphs.BarOn
		}
		g.Rune(x+i, y, r, st)
	}
	if len(t.Slices)*2 <= w { // closer ones say nothing
		for _, s := range t.Slices {
			if s > 0 {
				g.Rune(at(s), y, th.Glyphs.TickX, th.Style(theme.Dim))
			}
		}
	}
	worst := make([]uint8, w) // what went wrong is on top
	for i := range t.Ticks {
		rank := uint8(1)
		switch t.Ticks[i].Kind {
		case snap.MarkError:
			rank = 3
		case snap.MarkStall:
			rank = 2
		}
		col := at(t.Ticks[i].At) - x
		worst[col] = max(worst[col], rank)
	}
	for i, rank := range worst {
		switch rank {
		case 1:
			g.Rune(x+i, y, barMark, th.Style(theme.Strong))
		case 2:
			g.Rune(x+i, y, barStall, th.Style(theme.Warn))
		case 3:
			g.Rune(x+i, y, barError, th.Style(theme.Fail))
		}
	}
	g.Rune(at(head), y, th.Glyphs.Head, th.Style(theme.Strong))
}
