package plot

import (
	"strconv"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

// sliced is one metric over the time slices of a run.
type sliced struct {
	run    *oneRun
	tag    metric.Tag
	slices []stats.Slice
}

// slicesOf finds a metric in the time slices, or why it is not there.
func (v *oneRun) slicesOf(tag metric.Tag) (sliced, string) {
	list, err := v.dir.Slices()
	if err != nil {
		return sliced{}, err.Error()
	}
	for i := range list {
		if _, ok := list[i].Get(tag); ok {
			return sliced{v, tag, list}, ""
		}
	}
	return sliced{}, "the time slices have no " + header(v.dir, tag)
}

// draw draws the mean of each slice over the time that it is about, with the
// spread in it, before those of the whole run.
func (s sliced) draw(th *Theme) *frame {
	var means []bar
	var middles []xy
	var spread []whisker
	origin := s.slices[0].StartNS
	if start, _, ok := s.run.dir.Window(); ok {
		origin = min(origin, start)
	}
	for i := range s.slices {
		sl := &s.slices[i]
		st, ok := sl.Get(s.tag)
		if !ok {
			continue
		}
		from, to := float64(sl.StartNS-origin)/1e9, float64(sl.EndNS-origin)/1e9
		means = append(means, bar{from, to, st.Avg})
		middles = append(middles, xy{(from + to) / 2, st.Avg})
		spread = append(spread, whisker{(from + to) / 2, st.Avg - st.Std, st.Avg + st.Std})
	}
	wide, end := 3.0, 9.0
	if len(means) > 100 {
		wide, end = 1.5, 3
	}
	own, run := th.color(0), th.color(1)
	f := &frame{
		title: header(s.run.dir, s.tag) + " per time slice", about: s.run.about,
		xLabel: timeLabel, yLabel: axis(s.run.dir, s.tag, ""),
		legend: []entry{{"mean of the slice", own, entryDot}, {"±1 standard deviation of the slice", faint(own, 190), entryLine}},
	}
	if r := s.run.dir.Run; r != nil {
		if st, ok := r.Summary.Get(s.tag); ok {
			f.marks = append(f.marks, level{st.Avg, st.Std, run, faint(run, 36)})
			f.legend = append(f.legend, entry{"mean of the run: " + s.number(st.Avg), run, entryLine},
				entry{"±1 standard deviation of the run: " + s.number(st.Std), faint(run, 72), entryArea})
		}
	}
	f.marks = append(f.marks, whiskers{spread, faint(own, 190), wide, end}, bars{means, faint(own, 110), 4, 1},
		dots{middles, own, dotRadius(10 * len(means))})
	return f
}

// number is a value with its unit.
func (s sliced) number(v float64) string {
	return strings.TrimSpace(strconv.FormatFloat(v, 'f', 2, 64) + " " + unitOf(s.run.dir, s.tag))
}
