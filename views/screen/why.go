package screen

import (
	"strconv"
	"strings"

	"tacho/engine/snap"
	"tacho/engine/why"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/theme"
)

// whyPage ranks what slow answers are consistent with, each cause with its
// evidence, and what would confirm those that stand out.
func whyPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	rank := why.Rank(s, st.Lists)
	name := "TTFT"
	if rank.Seen > 0 && !rank.Streamed {
		name = "latency"
	}
	title := "What slow " + name + " is consistent with"
	if len(rank.Causes) == 0 {
		list, below := under(r, 3)
		aside(g, list, title, nil, []panel.Seg{{Text: figure.Counted(int64(rank.Seen), "request") + " at hand, " + figure.Count(why.Least) + " are needed", Role: theme.Dim}}, th)
		without(g, below, s, th, st)
		return
	}
	note := figure.Count(int64(rank.Slow)) + " of " + figure.Counted(int64(rank.Seen), "request") + " at hand took over " + strconv.FormatFloat(why.SlowFactor, 'g', -1, 64) + "x the typical " + unit(rank.Typical)
	lines := whyLines(&rank, r.W-2, th)
	list, below := under(r, len(lines)+1)
	rule(g, list, title, segs([]string{note}), th)
	for i := range min(len(lines), list.H-1) {
		panel.Line(g, r.X+1, r.Y+1+i, r.W-2, lines[i], th)
	}
	if below.H > 0 {
		plotGrid(g, below, s, th, st, stretch{}, plotTTFT, plotInFlight, plotLatency, plotTokens)
	}
}

// whyName is the room for the word and the name of a cause.
const (
	whyWord = 15
	whyName = 34
)

// whyLines are the causes as lines: in one line each where there is room, else
// with the evidence below.
func whyLines(rank *why.Ranking, w int, th *theme.Theme) (lines [][]panel.Seg) {
	put := func(segs ...panel.Seg) { lines = append(lines, segs) }
	if top := rank.Causes[0].Word(); top != why.StandsOut && top != why.PlaysPart {
		put(panel.Seg{Text: th.Glyphs.OK + " nothing stands out", Role: theme.Good})
	}
	for i := range rank.Causes {
		c := &rank.Causes[i]
		glyph, role := th.Glyphs.Off, theme.Dim
		switch c.Word() {
		case why.StandsOut:
			glyph, role = th.Glyphs.Warn, theme.Warn
		case why.PlaysPart:
			glyph, role = th.Glyphs.Bullet, theme.Strong
		}
		head := fill(glyph+" "+string(c.Word()), whyWord) + c.Name
		if w >= 130 {
			put(panel.Seg{Text: fill(head, whyWord+whyName), Role: role}, panel.Seg{Text: c.Evidence, Role: theme.Text})
		} else {
			put(panel.Seg{Text: head, Role: role})
			evidence := []string{c.Evidence} // cut where it matters little
			if role != theme.Dim {
				evidence = cells.Wrap(c.Evidence, w-whyWord)
			}
			for _, l := range evidence {
				put(panel.Seg{Text: strings.Repeat(" ", whyWord) + l, Role: theme.Label})
			}
		}
		if role == theme.Dim {
			continue
		}
		indent := whyWord
		if w >= 130 {
			indent += whyName + 2
		}
		for _, l := range cells.Wrap("to confirm: "+c.Test, w-indent) {
			put(panel.Seg{Text: strings.Repeat(" ", indent) + l, Role: theme.Dim})
		}
	}
	return lines
}

// fill brings a text to a width.
func fill(text string, w int) string {
	return text + strings.Repeat(" ", max(0, w-cells.Width(text)))
}
