package plot

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/export/replay"
)

// setting is one run among others, or the repeats of one.
type setting struct {
	name  string // of its folder
	model string
	load  string
	dirs  []*replay.Dir
	gpus  []int // by run, 0 for none watched
}

// settingsOf puts repeats together, in the order of the runs.
func settingsOf(ctx context.Context, dirs []*replay.Dir) ([]*setting, error) {
	var list []*setting
	byKey := map[string]*setting{}
	for _, d := range dirs {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		n, err := d.CountGPUs()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Path, err)
		}
		key := settingOf(d.Path)
		s := byKey[key]
		if s == nil {
			s = &setting{name: path.Base(key), model: cmp.Or(strings.Join(d.Config.Models, ", "), "unknown model"), load: d.LoadLabel()}
			byKey[key] = s
			list = append(list, s)
		}
		s.dirs, s.gpus = append(s.dirs, d), append(s.gpus, n)
	}
	return list, nil
}

// mean is the mean over the repeats of what get finds in a run; NaN when it
// finds nothing in any.
func (s *setting) mean(get func(run *stats.Summary, gpus int) float64) float64 {
	sum, n := 0.0, 0.0
	for i, d := range s.dirs {
		if d.Run == nil {
			continue
		}
		if v := get(d.Run.Summary, s.gpus[i]); !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / n // NaN without any
}

// figure is something that runs are compared by.
type figure struct {
	tag  metric.Tag
	stat string // "p50" where there are percentiles, else empty
	per  string // "GPU", or empty
}

// value is that of a setting.
func (g figure) value(s *setting) float64 {
	return s.mean(func(run *stats.Summary, gpus int) float64 {
		st, ok := run.Get(g.tag)
		switch {
		case !ok, g.per != "" && gpus == 0:
			return math.NaN()
		case g.per != "":
			return st.Avg / float64(gpus)
		case g.stat == "p50":
			return st.P[slices.Index(stats.Percentiles[:], 50)]
		}
		return st.Avg
	})
}

// axis is its name with its unit.
func (g figure) axis(d *replay.Dir) string {
	text := axis(d, g.tag, g.stat)
	if g.per != "" {
		text = fmt.Sprintf("%s per %s (%s/%s)", header(d, g.tag), g.per, unitOf(d, g.tag), g.per)
	}
	return text
}

func unitOf(d *replay.Dir, tag metric.Tag) string {
	if def, ok := d.Registry.Lookup(tag); ok {
		return string(def.Unit)
	}
	return ""
}

// comparison is one picture of several runs.
type comparison struct {
	file, title string
	x, y        figure
	// front says that the line joins only the settings that no other beats in
	// both figures.
	front bool
}

var (
	perGPU      = figure{tag: metric.OutputTokenThroughput, per: "GPU"}
	comparisons = []comparison{
		{"pareto_curve_throughput_per_gpu_vs_latency.png", "Token throughput per GPU against latency",
			figure{tag: metric.RequestLatency, stat: "p50"}, perGPU, true},
		{"pareto_curve_throughput_per_gpu_vs_interactivity.png", "Token throughput per GPU against interactivity",
			figure{tag: metric.OutputTokenThroughputPerUser, stat: "p50"}, perGPU, true},
		{"ttft_vs_throughput.png", "TTFT against throughput",
			figure{tag: metric.TTFT, stat: "p50"}, figure{tag: metric.RequestThroughput}, false},
	}
)

// compare are the pictures of several runs.
func compare(ctx context.Context, dirs []*replay.Dir) ([]Picture, error) {
	list, err := settingsOf(ctx, dirs)
	if err != nil {
		return nil, err
	}
	var out []Picture
	for _, c := range comparisons {
		p := Picture{Name: c.file}
		points := c.points(list)
		if len(points) == 0 {
			p.Missing = c.why(list)
		} else {
			p.Without = without(list, points)
		}
		p.draw = func(th *Theme) *frame { return c.draw(th, dirs, points) }
		out = append(out, p)
	}
	return out, nil
}

// point is a setting on a picture.
type point struct {
	xy
	*setting
}

// points are the settings that have both figures.
func (c *comparison) points(list []*setting) (points []point) {
	for _, s := range list {
		if x, y := c.x.value(s), c.y.value(s); !math.IsNaN(x) && !math.IsNaN(y) {
			points = append(points, point{xy{x, y}, s})
		}
	}
	return points
}

// without are the folders of the settings that are no point.
func without(list []*setting, points []point) (dirs []string) {
	for _, s := range list {
		if !slices.ContainsFunc(points, func(p point) bool { return p.setting == s }) {
			dirs = append(dirs, s.dirs[0].Path)
		}
	}
	return dirs
}

// why says why no run has both figures.
func (c *comparison) why(list []*setting) string {
	d := list[0].dirs[0]
	for _, g := range []figure{c.x, c.y} {
		has := slices.ContainsFunc(list, func(s *setting) bool { return !math.IsNaN(g.value(s)) })
		watched := slices.ContainsFunc(list, func(s *setting) bool { return slices.Max(s.gpus) > 0 })
		switch {
		case !has && g.per != "" && !watched:
			return "no run watched a GPU, so there is no throughput per GPU"
		case !has:
			return "no run has a " + header(d, g.tag) + " in its summary"
		}
	}
	return "no run has both its figures in its summary"
}

// draw draws a line per model.
func (c *comparison) draw(th *Theme, dirs []*replay.Dir, points []point) *frame {
	d := points[0].dirs[0]
	sub := fmt.Sprintf("%d runs", len(dirs))
	if n := len(points); n != len(dirs) {
		sub += fmt.Sprintf(", %d settings that have both figures; repeats of one setting as their mean", n)
	}
	sub += "  ·  beside each point its concurrency, rate or folder"
	if c.front {
		sub += "  ·  the line joins the settings that no other beats in both figures"
	}
	if slices.ContainsFunc(dirs, func(d *replay.Dir) bool { return d.Manifest != nil && d.Manifest.Simulated }) {
		sub = "SIMULATED server  ·  " + sub
	}
	f := &frame{title: c.title, about: sub, xLabel: c.x.axis(d), yLabel: c.y.axis(d)}
	var models []string
	for _, p := range points {
		f.xMax = max(f.xMax, p.x*1.06)
		if !slices.Contains(models, p.model) {
			models = append(models, p.model)
		}
	}
	var names notes
	for i, m := range models {
		var all, joined []xy
		var own []point
		for _, p := range points {
			if p.model == m {
				own = append(own, p)
			}
		}
		slices.SortStableFunc(own, func(a, b point) int { return cmp.Compare(a.x, b.x) })
		for _, p := range own {
			all = append(all, p.xy)
			if !c.front || !c.beaten(d, p, own) {
				joined = append(joined, p.xy)
			}
			names.list = append(names.list, note{p.xy, label(p, own)})
		}
		l := line{joined, th.color(i), 4}
		names.lines = append(names.lines, l)
		f.marks = append(f.marks, l, dots{all, th.color(i), 9})
		f.legend = append(f.legend, entry{m, th.color(i), entryDot})
	}
	f.marks = append(f.marks, names)
	return f
}

// label tells a setting from the others of its model.
func label(p point, own []point) string {
	for _, o := range own {
		if o.setting != p.setting && o.load == p.load {
			return p.name
		}
	}
	return cmp.Or(p.load, p.name)
}

// beaten reports whether another setting is at least as good in both figures and
// better in one.
func (c *comparison) beaten(d *replay.Dir, p point, own []point) bool {
	sign := func(g figure) float64 {
		if def, ok := d.Registry.Lookup(g.tag); ok && def.Has(metric.LargerIsBetter) {
			return 1
		}
		return -1
	}
	sx, sy := sign(c.x), sign(c.y)
	return slices.ContainsFunc(own, func(o point) bool {
		dx, dy := sx*(o.x-p.x), sy*(o.y-p.y)
		return dx >= 0 && dy >= 0 && (dx > 0 || dy > 0)
	})
}
