package chart

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// bands is a density of two bands, at 80 and at 900 ms, with 3 and 1 of 4 values.
func bands() *Density {
	d := &Density{Width: time.Second, Low: 10, Step: math.Pow(10, 0.1)}
	row := func(ms float64) int { return int(math.Log(ms/d.Low) / math.Log(d.Step)) }
	for range 60 {
		col := make([]uint32, 30)
		col[row(80)], col[row(900)] = 3, 1
		d.Columns = append(d.Columns, col)
	}
	return d
}

func heatChart(d *Density) *Chart {
	return &Chart{Step: time.Second, Log: true, Limit: math.NaN(), Scale: figure.Scale{Factor: 1}, Heat: d, Hist: d}
}

// TestHeatShowsTwoBands in every glyph set and without colour, with the share
// of each at the right edge.
func TestHeatShowsTwoBands(t *testing.T) {
	for _, glyphs := range theme.GlyphNames {
		gl, _ := theme.GlyphSet(glyphs)
		for _, p := range []theme.Profile{theme.NoColor, theme.ANSI256} {
			th, err := theme.New("dark", p, gl)
			if err != nil {
				t.Fatal(err)
			}
			g := cells.New(80, 16)
			heatChart(bands()).Draw(g, g.Bounds(), th)
			filled := 0
			text := ""
			for y := range 14 {
				row := g.Row(y)
				text += row + "\n"
				if len(strings.TrimSpace(strings.Trim(row[6:60], " │┤|+"))) > 20 {
					filled++
				}
			}
			if filled < 2 || filled > 5 {
				t.Errorf("%s, profile %d: %d rows are filled:\n%s", glyphs, p, filled, text)
			}
			low, high := 0, 0
			for y := range 14 {
				n, _ := strconv.Atoi(strings.TrimSpace(strings.Trim(g.Row(y)[len(g.Row(y))-4:], "<%")))
				if y < 7 {
					high += n
				} else {
					low += n
				}
			}
			if low < 73 || low > 77 || high < 23 || high > 27 {
				t.Errorf("%s: the bands have %d and %d percent:\n%s", glyphs, low, high, text)
			}
		}
	}
}

// TestHeatKeepsTheRare: one value among thousands is still drawn.
func TestHeatKeepsTheRare(t *testing.T) {
	d := bands()
	d.Columns[30][7], d.Columns[30][29] = 100_000, 1
	g := cells.New(80, 12)
	th, _ := theme.New("mono", theme.NoColor, themed(t, "braille").Glyphs)
	heatChart(d).Draw(g, g.Bounds(), th)
	if !strings.ContainsRune(g.Row(0)+g.Row(1), '░') {
		t.Errorf("the outlier is lost:\n%s", g.String())
	}
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		share float64
		want  int
	}{{0, 0}, {math.NaN(), 0}, {1e-4, 1}, {0.049, 1}, {0.05, 2}, {0.2, 3}, {0.59, 3}, {0.6, 4}, {1, 4}} {
		if got := level(c.share); got != c.want {
			t.Errorf("level(%v) = %d, want %d", c.share, got, c.want)
		}
	}
}

// TestPortionsKeepMass: whatever the axis, each row of the density lands in the
// plot with all of its weight.
func TestPortionsKeepMass(t *testing.T) {
	d := bands()
	for _, a := range []Axis{NewAxis(10, 5000, true), NewAxis(10, 5000, false), NewAxis(100, 300, true)} {
		for _, h := range []int{1, 2, 5, 14, 60} {
			for j, ps := range d.portions(30, h, a) {
				sum := 0.0
				for _, p := range ps {
					if p.y < 0 || p.y >= h {
						t.Fatalf("row %d lands at %d of %d", j, p.y, h)
					}
					sum += p.share
				}
				if sum > 1.0001 || (d.edge(j) >= a.Lo && d.edge(j+1) <= a.Hi && sum < 0.9999) {
					t.Errorf("axis %v to %v, log %v, %d rows: row %d has weight %v", a.Lo, a.Hi, a.Log, h, j, sum)
				}
			}
		}
	}
}

// TestEmptyDensity says why, and draws nothing that could be taken for data.
func TestEmptyDensity(t *testing.T) {
	for _, d := range []*Density{{}, {Width: time.Second, Low: 1, Step: 2}, {Width: time.Second, Low: 1, Step: 1, Columns: [][]uint32{{1}}}, {Width: time.Second, Low: math.NaN(), Step: 2, Columns: [][]uint32{{1}}}} {
		c := heatChart(d)
		c.Empty = "waiting"
		g := cells.New(80, 10)
		c.Draw(g, g.Bounds(), themed(t, "braille"))
		if !strings.Contains(g.String(), "waiting") {
			t.Errorf("%+v is drawn as\n%s", d, g.String())
		}
	}
}

// TestSweepChangesLittle: a new value changes its own column and the gap before
// it, and nothing else.
func TestSweepChangesLittle(t *testing.T) {
	th := themed(t, "braille")
	vals := make([]float64, 400)
	for i := range vals {
		vals[i] = 100 + float64(i*37%50)
	}
	draw := func(n int) *cells.Grid {
		g := cells.New(80, 10)
		c := Chart{Lines: []Line{{Values: vals[:n]}}, Step: time.Second, Log: true, Limit: math.NaN(), Scale: figure.Scale{Factor: 1}, Sweep: true}
		c.Draw(g, g.Bounds(), th)
		return g
	}
	for n := 150; n < 399; n++ {
		a, b := draw(n), draw(n+1)
		changed := map[int]bool{}
		for x := range 80 {
			for y := range 8 {
				if a.At(x, y) != b.At(x, y) {
					changed[x] = true
				}
			}
		}
		if len(changed) > 4 {
			t.Fatalf("value %d changes %d columns", n+1, len(changed))
		}
	}
}

// TestMarkTexts: a mark says what it stands for where there is room, and never
// over the data.
func TestMarkTexts(t *testing.T) {
	th := themed(t, "braille")
	vals := make([]float64, 60)
	for i := range vals {
		vals[i] = 500
	}
	g := cells.New(80, 12)
	c := Chart{Lines: []Line{{Values: vals}}, Step: time.Second, Log: true, Limit: math.NaN(), Scale: figure.Scale{Factor: 1},
		Marks: []Event{{At: 20 * time.Second, Text: "64 → 80"}, {At: 59 * time.Second, Text: "at the very end of the run"}}}
	c.Draw(g, g.Bounds(), th)
	for _, want := range []string{"▲ 64 → 80", "▲ at the very end of the run"} {
		if !strings.Contains(g.String(), want) {
			t.Errorf("%q is missing in\n%s", want, g.String())
		}
	}
	for h := 3; h < 12; h++ {
		with, without := cells.New(80, h), cells.New(80, h)
		c.Draw(with, with.Bounds(), th)
		bare := c
		bare.Marks = nil
		bare.Draw(without, without.Bounds(), th)
		for y := range h - 2 {
			for x := range 80 {
				if o := without.At(x, y); !o.Blank() && o != with.At(x, y) {
					t.Fatalf("height %d: a mark's text covers the data at %d,%d", h, x, y)
				}
			}
		}
	}
}

// TestCore leaves out what is rare at either end, and nothing else.
func TestCore(t *testing.T) {
	d := &Density{Width: time.Second, Low: 1, Step: 2, Columns: [][]uint32{{1, 0, 0, 500, 498, 0, 1}}}
	if lo, hi := d.core(); lo != 8 || hi != 32 {
		t.Errorf("the core is %v to %v, want 8 to 32", lo, hi)
	}
	one := &Density{Width: time.Second, Low: 1, Step: 2, Columns: [][]uint32{{0, 0, 1}, nil}}
	if lo, hi := one.core(); lo != 4 || hi != 8 {
		t.Errorf("the core of one value is %v to %v, want 4 to 8", lo, hi)
	}
	for _, none := range []*Density{nil, {}, {Width: 1, Low: 1, Step: 2, Columns: [][]uint32{{0, 0}}}} {
		if lo, hi := none.core(); hi >= lo {
			t.Errorf("nothing has a core of %v to %v", lo, hi)
		}
	}
}
