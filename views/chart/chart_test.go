package chart

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

func themed(t testing.TB, glyphs string) *theme.Theme {
	t.Helper()
	g, err := theme.GlyphSet(glyphs)
	if err != nil {
		t.Fatal(err)
	}
	th, err := theme.New("dark", theme.ANSI256, g)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func TestAxis(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		log    bool
		want   [2]float64
	}{
		{182, 512, true, [2]float64{150, 600}},
		{18, 33, true, [2]float64{15, 40}},
		{18.2, 18.4, true, [2]float64{15, 25}},
		{0.4, 40_000, true, [2]float64{0.4, 40_000}},
		{3, 3.9, false, [2]float64{0, 4}},
		{0, 0, false, [2]float64{0, 1}},
		{math.NaN(), 5, true, [2]float64{1, 10}},
		{5, math.Inf(1), true, [2]float64{1, 10}},
		{-4, 100, true, [2]float64{1e-6, 100}},
		{9, 3, true, [2]float64{1, 10}},
	} {
		a := NewAxis(c.lo, c.hi, c.log)
		if math.Abs(a.Lo-c.want[0]) > c.want[0]*1e-9 || math.Abs(a.Hi-c.want[1]) > c.want[1]*1e-9 {
			t.Errorf("NewAxis(%v, %v, %v) is %v to %v, want %v", c.lo, c.hi, c.log, a.Lo, a.Hi, c.want)
		}
		if len(a.Ticks) < 2 || len(a.Ticks) > 45 {
			t.Errorf("NewAxis(%v, %v, %v) has %d ticks", c.lo, c.hi, c.log, len(a.Ticks))
		}
	}
	a := NewAxis(100, 1000, true)
	if at := a.At(math.Sqrt(100 * 1000)); math.Abs(at-0.5) > 1e-9 {
		t.Errorf("the geometric middle is at %v", at)
	}
	if a.At(-5) != 0 || a.At(1e9) != 1 {
		t.Errorf("values outside are at %v and %v", a.At(-5), a.At(1e9))
	}
}

// TestTimeSpan: it grows in steps, holds the run, and is mostly in use.
func TestTimeSpan(t *testing.T) {
	last := time.Duration(0)
	for age := 2 * time.Second; age < 80*time.Hour; age += age / 7 {
		s := TimeSpan(age, 0)
		if s < age || s < last || (age < 20*time.Hour && float64(age) < float64(s)*0.62) {
			t.Errorf("TimeSpan(%v) = %v after %v", age, s, last)
		}
		last = s
	}
	if got := TimeSpan(50*time.Second, 55*time.Second); got != 55*time.Second {
		t.Errorf("the planned end is the end of the axis: %v", got)
	}
	if got := TimeSpan(2*time.Minute, time.Minute); got != 2*time.Minute {
		t.Errorf("a run beyond its plan: %v", got)
	}
}

// TestReduceKeepsPeaks: one stall among a thousand calm values is not averaged
// away by a narrow chart.
func TestReduceKeepsPeaks(t *testing.T) {
	vals := make([]float64, 1000)
	for i := range vals {
		vals[i] = 10
	}
	vals[617] = 95
	step, when := time.Second, timeline{span: 1000 * time.Second, width: 40}
	top := 0.0
	for _, s := range reduce(Line{Values: vals, Peak: true, Step: step}, when, 40) {
		top = max(top, s.v)
	}
	if top != 95 {
		t.Errorf("the peak of 95 is drawn at %v", top)
	}
	for _, s := range reduce(Line{Values: vals, Step: step}, when, 40) {
		if s.v != 10 {
			t.Errorf("the median is drawn at %v", s.v)
		}
	}
}

func TestReduceGaps(t *testing.T) {
	nan := math.NaN()
	when := timeline{span: 100 * time.Second, width: 100}
	short := []float64{1, nan, nan, 2}
	if s := reduce(Line{Values: short, Step: time.Second}, when, 100); len(s) != 2 || !s[1].joined {
		t.Errorf("a short gap is not bridged: %+v", s)
	}
	long := append([]float64{1}, make([]float64, 20)...)
	for i := 1; i < len(long); i++ {
		long[i] = nan
	}
	long = append(long, 2)
	if s := reduce(Line{Values: long, Step: time.Second}, when, 100); len(s) != 2 || s[1].joined {
		t.Errorf("a long gap is bridged: %+v", s)
	}
}

// TestLinesDifferWithoutColour: the three lines are told apart by shape.
func TestLinesDifferWithoutColour(t *testing.T) {
	flat := func(v float64) []float64 {
		vals := make([]float64, 120)
		for i := range vals {
			vals[i] = v
		}
		return vals
	}
	for _, glyphs := range theme.GlyphNames {
		rows := map[string]bool{}
		for _, m := range []Mark{Solid, Dashed, Points, Dotted} {
			g := cells.New(60, 9)
			c := Chart{Lines: []Line{{Values: flat(20), Mark: m}}, Step: time.Second, Log: true, Limit: math.NaN()}
			c.Draw(g, g.Bounds(), themed(t, glyphs))
			for y := range 7 {
				if r := strings.TrimSpace(g.Row(y)[6:]); len(r) > 20 {
					rows[r] = true
				}
			}
		}
		if len(rows) < 3 || (glyphs != "braille" && len(rows) < 4) {
			t.Errorf("%s: %d different lines: %v", glyphs, len(rows), rows)
		}
	}
}

func TestSpark(t *testing.T) {
	th := themed(t, "braille")
	for _, c := range []struct {
		name string
		vals []float64
		want string
	}{
		{"level", []float64{100, 100, 100, 100}, "▂▂▂▂"},
		{"rising", []float64{1, 2, 3, 4}, "▁▃▆█"},
		{"the last ones", []float64{9, 9, 100, 100, 100, 100}, "▂▂▂▂"},
		{"a gap", []float64{100, math.NaN(), 100}, " ▂ ▂"},
		{"nothing", []float64{math.NaN(), math.Inf(1)}, "    "},
		{"zero", []float64{0, 0, 0, 0}, "▁▁▁▁"},
	} {
		g := cells.New(4, 1)
		Spark(g, 0, 0, 4, c.vals, th, theme.Accent)
		if got := g.Row(0); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestBar(t *testing.T) {
	th := themed(t, "braille")
	for _, c := range []struct {
		share float64
		want  string
	}{{0, "────"}, {0.13, "╸───"}, {0.5, "━━──"}, {0.999, "━━━╸"}, {1, "━━━━"}, {7, "━━━━"}, {-1, "────"}, {math.NaN(), "────"}} {
		g := cells.New(4, 1)
		Bar(g, 0, 0, 4, c.share, th)
		if got := g.Row(0); got != c.want {
			t.Errorf("Bar(%v) = %q, want %q", c.share, got, c.want)
		}
	}
}

// FuzzDraw: no value, size or step makes a chart panic, hang or draw outside
// its rectangle.
func FuzzDraw(f *testing.F) {
	f.Add([]byte{}, 0, 0, int64(0), true)
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, 16, 3, int64(time.Second), true)
	nan := binary.LittleEndian.AppendUint64(nil, math.Float64bits(math.NaN()))
	inf := binary.LittleEndian.AppendUint64(nan, math.Float64bits(math.Inf(1)))
	f.Add(binary.LittleEndian.AppendUint64(inf, math.Float64bits(1e308)), 100, 14, int64(1), false)
	f.Add(binary.LittleEndian.AppendUint64(inf, math.Float64bits(-5e-324)), 1, 1, int64(-7), true)
	ths := []*theme.Theme{themed(f, "braille"), themed(f, "ascii")}
	f.Fuzz(func(t *testing.T, data []byte, w, h int, step int64, log bool) {
		w, h = w%150, h%50
		var vals []float64
		for len(data) >= 8 && len(vals) < 2000 {
			vals = append(vals, math.Float64frombits(binary.LittleEndian.Uint64(data)))
			data = data[8:]
		}
		limit := math.NaN()
		if len(vals) > 0 {
			limit = vals[len(vals)-1]
		}
		for _, th := range ths {
			g := cells.New(max(w, 0)+4, max(h, 0)+4)
			r := cells.Rect{X: 2, Y: 2, W: w, H: h}
			c := Chart{Lines: []Line{{Values: vals, Mark: Points, Peak: true}, {Values: vals, Mark: Dashed}, {Values: vals}},
				Start: time.Duration(step % 1e15), Step: time.Duration(step % 1e13), Log: log, Limit: limit, Scale: figure.Scale{Factor: 1},
				Marks: []Event{{At: time.Duration(step), Text: "64 → 80"}}, From: time.Duration(step), To: time.Duration(step) + time.Second, Sweep: log}
			c.Draw(g, r, th)
			counts := make([]uint32, len(vals)%70)
			for i := range counts {
				counts[i] = uint32(math.Float64bits(vals[i]))
			}
			d := &Density{Width: c.Step, Low: 0.1, Step: 1.2, Columns: [][]uint32{counts, nil, counts}}
			if len(vals) > 1 {
				d.Low, d.Step = vals[0], vals[1]
			}
			c.Hist = d
			c.Draw(g, r, th)
			c.Heat = d
			c.Draw(g, r, th)
			Spark(g, 2, 2, w, vals, th, theme.Accent)
			Bar(g, 2, 2, w, limit, th)
			for y := range max(h, 0) + 4 {
				for x := range max(w, 0) + 4 {
					if inside := x >= 2 && x < 2+w && y >= 2 && y < 2+max(h, 1); !inside && !g.At(x, y).Blank() {
						t.Fatalf("%q at %d,%d lies outside %+v", g.At(x, y).R, x, y, r)
					}
				}
			}
		}
	})
}
