package screen

import (
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/theme"
)

// Ghost is an earlier run behind the one on the screen. It is called from the
// screen's goroutine alone and must answer at once.
type Ghost interface {
	// Name is what the earlier run is called: its tag, or its folder.
	Name() string
	// History is its history on the clock of its phase, as Snapshot.Series, and
	// the width of a point. It does not change.
	History() (points []snap.Point, width time.Duration)
	// Diff compares the run so far with the earlier one at the same age; nil
	// while too little is known.
	Diff(s *snap.Snapshot) []Difference
}

// Difference is how one metric differs from an earlier run's. Changes are
// shares: -0.12 is 12 % less. Low and High bound the change; NaN is unknown.
type Difference struct {
	Tag               metric.Tag
	Name              string // for people: "TTFT p50"
	Change, Low, High float64
	// Word is better, worse or "no clear difference".
	Word string
}

// versus is the line of differences.
func versus(st *State, s *snap.Snapshot) []panel.Seg {
	segs := []panel.Seg{{Text: "vs " + st.Ghost.Name(), Role: theme.Ghost}}
	diffs := st.Ghost.Diff(s)
	if len(diffs) == 0 {
		text := "too early to compare"
		if s.Final != nil {
			text = "they share too little time to compare"
		}
		return append(segs, panel.Seg{Text: text, Role: theme.Dim})
	}
	for i, d := range diffs {
		role := theme.Text
		if d.Word == "worse" {
			role = theme.Warn
		}
		segs = append(segs, panel.Seg{Text: d.Name + " " + figure.Change(d.Change, d.Low, d.High) + " " + d.Word, Role: role, Drop: i + 1})
	}
	return segs
}
