package stats

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tacho/engine/metric"
)

// reference works out the time-weighted metrics as AIPerf does: a sorted list of
// events for each sum, added up, looked up on the grid of all events.
type reference struct {
	events [numSums][]event
	grid   []float64
}

type event struct{ at, by float64 }

func newReference(reg *metric.Registry, rows []*metric.Row) *reference {
	id := func(tag metric.Tag) metric.ID {
		d, _ := reg.Lookup(tag)
		return d.ID
	}
	ttft, isl, osl := id(metric.TTFT), id(metric.ISL), id(metric.OSL)
	anyGaps := slices.ContainsFunc(rows, func(r *metric.Row) bool { return len(r.Gaps) > 0 })
	f := &reference{}
	add := func(sum int, at, by float64) { f.events[sum] = append(f.events[sum], event{at, by}) }
	both := func(sum int, from, to, by float64) { add(sum, from, by); add(sum, to, -by) }
	for _, r := range rows {
		s, e := float64(r.StartNS), float64(r.EndNS)
		both(sumRunning, s, e, 1)
		if math.IsNaN(r.Vals[ttft]) {
			continue
		}
		g := float64(r.StartNS + nanoseconds(r.Vals[ttft]))
		in, out := r.Vals[isl], r.Vals[osl]
		both(sumDecoding, g, e, 1)
		both(sumPrefill, s, g, 1)
		both(sumPrefillRate, s, g, in/(g-s))
		both(sumTotalRate, s, g, in/(g-s))
		if e > g {
			both(sumTotalRate, g, e, (out-1)/(e-g))
		}
		add(sumTokens, s, in)
		if !anyGaps {
			if e > g {
				both(sumDecodeRate, g, e, (out-1)/(e-g))
				add(sumTokens, g, out)
				add(sumTokens, e, -in-out)
			}
			continue
		}
		if len(r.Gaps) == 0 {
			add(sumTokens, e, -in)
			continue
		}
		positive := 0
		for _, ms := range r.Gaps {
			if ms > 0 {
				positive++
			}
		}
		add(sumTokens, g, 1)
		var after float64
		for _, ms := range r.Gaps {
			ns := math.Round(ms * 1e6)
			after += ns
			end := g + after
			if ns > 0 {
				both(sumDecodeRate, end-ns, end, (out-1)/float64(positive)/ns)
			}
			if end >= e {
				end = math.Nextafter(e, 0)
			}
			add(sumTokens, end, (out-1)/float64(len(r.Gaps)))
		}
		add(sumTokens, e, -in-out)
	}
	for i := range f.events {
		slices.SortStableFunc(f.events[i], func(a, b event) int { return cmp.Compare(a.at, b.at) })
		for _, ev := range f.events[i] {
			f.grid = append(f.grid, ev.at)
		}
	}
	slices.Sort(f.grid)
	f.grid = slices.Compact(f.grid)
	return f
}

// pairs returns the values of a curve in a window and for how long it had them.
func (f *reference) pairs(c *curve, from, to float64) []pair {
	grid := []float64{from}
	for _, at := range f.grid {
		if at > from && at < to {
			grid = append(grid, at)
		}
	}
	grid = append(grid, to)
	var sums [numSums]float64
	var next [numSums]int
	var out []pair
	for i, at := range grid[:len(grid)-1] {
		for s := range sums {
			for ; next[s] < len(f.events[s]) && f.events[s][next[s]].at <= at; next[s]++ {
				sums[s] += f.events[s][next[s]].by
			}
			if math.Abs(sums[s]) < 1e-15 {
				sums[s] = 0
			}
		}
		if v := c.of(&sums); v == v {
			out = append(out, pair{v: v, w: grid[i+1] - at})
		}
	}
	return out
}

func (f *reference) stat(c *curve, from, to float64) Stat {
	p := f.pairs(c, from, to)
	s := absent(nil)
	s.Avg, s.Min, s.Max, s.Std = 0, 0, 0, 0
	for _, i := range sweepShares {
		s.P[i] = 0
	}
	if len(p) == 0 {
		return s
	}
	slices.SortStableFunc(p, func(a, b pair) int { return cmp.Compare(a.v, b.v) })
	var whole, square float64
	for _, x := range p {
		whole += x.w
		s.Avg += x.v * x.w
	}
	s.Avg /= whole
	for _, x := range p {
		square += x.w * (x.v - s.Avg) * (x.v - s.Avg)
	}
	s.Avg, s.Std = s.Avg*c.scale, math.Sqrt(square/whole)*c.scale
	s.Min, s.Max = p[0].v*c.scale, p[len(p)-1].v*c.scale
	for _, i := range sweepShares {
		var sum float64
		for _, x := range p {
			if sum += x.w; sum/whole >= Percentiles[i]/100 {
				s.P[i] = x.v * c.scale
				break
			}
		}
	}
	return s
}

// sameStat compares up to rounding. A percentile may step over to the next value
// where the shares meet to the last digit; the tests have none of those.
func sameStat(t *testing.T, what string, got, want Stat) {
	t.Helper()
	pairs := map[string][2]float64{"avg": {got.Avg, want.Avg}, "min": {got.Min, want.Min}, "max": {got.Max, want.Max}, "std": {got.Std, want.Std}}
	for _, i := range sweepShares {
		pairs[[]string{4: "p50", 6: "p90", 7: "p95", 8: "p99"}[i]] = [2]float64{got.P[i], want.P[i]}
	}
	for name, p := range pairs {
		if !(math.Abs(p[0]-p[1]) <= 1e-7*math.Abs(p[1])+1e-9) {
			t.Errorf("%s %s is %v, want %v", what, name, p[0], p[1])
		}
	}
}

// makeRows makes the rows of a load.
func makeRows(reg *metric.Registry, ctx *metric.Context, l *load, n int) []*metric.Row {
	rows := make([]*metric.Row, n)
	for i := range rows {
		rows[i] = reg.Row(ctx, l.next())
	}
	return rows
}

func TestSweepEqualsReference(t *testing.T) {
	reg := metric.Builtin()
	streaming := runContext()
	plain := &metric.Context{OutputTokens: true, InputTokens: true}
	oneChunk := newLoad(4, 5, 1)
	tests := []struct {
		name string
		rows []*metric.Row
	}{
		{"few", makeRows(reg, streaming, newLoad(1, 3, 5), 40)},
		{"many", makeRows(reg, streaming, newLoad(2, 60, 8), 5000)},
		{"not streaming", makeRows(reg, plain, newLoad(3, 8, 4), 300)},
		{"one chunk each", makeRows(reg, streaming, oneChunk, 200)},
	}
	for _, tt := range tests {
		for _, shuffled := range []bool{false, true} {
			rows := slices.Clone(tt.rows)
			if shuffled {
				rng := rand.New(rand.NewPCG(7, 8))
				rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			}
			t.Run(tt.name+map[bool]string{true: " shuffled"}[shuffled], func(t *testing.T) {
				a := NewAccumulator(reg, streaming, Options{Budget: -1, Dir: t.TempDir()})
				defer a.Close()
				a.keepSweep = 2000
				for _, r := range rows {
					a.Add(r)
				}
				ref := newReference(reg, rows)
				first, last, _ := a.bounds()
				mid := (first + last) / 2
				for _, w := range [][2]float64{{first, last}, {first - 1e6, last + 5e6}, {mid, mid + 40e6}, {mid, last - 1e6}} {
					out := map[metric.ID]Stat{}
					if err := a.sweepStats(w[0], w[1], out); err != nil {
						t.Fatal(err)
					}
					for i := range curves {
						d, _ := reg.Lookup(curves[i].tag)
						sameStat(t, string(d.Tag), out[d.ID], ref.stat(&curves[i], w[0], w[1]))
					}
				}
			})
		}
	}
}

func TestSlicesEqualParts(t *testing.T) {
	// Each slice must equal an accumulator of the rows that started in it, but
	// for the time-weighted metrics, which equal the reference in its window.
	reg, ctx := metric.Builtin(), runContext()
	rows := makeRows(reg, ctx, newLoad(9, 60, 8), 5000)
	width := 400 * time.Millisecond
	a := NewAccumulator(reg, ctx, Options{Budget: -1, Dir: t.TempDir(), SliceWidth: width})
	defer a.Close()
	a.keepRow, a.keepSweep = 200, 500
	for _, r := range rows {
		a.Add(r)
	}
	list, err := a.Slices()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 5 {
		t.Fatalf("only %d slices", len(list))
	}
	ref := newReference(reg, rows)
	counted := int64(0)
	for i, s := range list {
		part := NewAccumulator(reg, ctx, Options{})
		for _, r := range rows {
			// The edges in floats are within 256 ns of these.
			if float64(r.StartNS) >= float64(s.StartNS) && (float64(r.StartNS) < float64(s.EndNS) || i == len(list)-1) {
				part.Add(r)
			}
		}
		want, err := part.Summary(s.StartNS, s.EndNS, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range s.Stats {
			w, ok := want.Get(got.Def.Tag)
			if !ok {
				t.Errorf("slice %d has %s", i, got.Def.Tag)
				continue
			}
			if got.Def.Tag == metric.RequestLatency {
				counted += got.Count
			}
			if got.Def.Kind != metric.Sweep && !sameBits(got, *w) {
				t.Errorf("slice %d: %s is %+v, want %+v", i, got.Def.Tag, got, *w)
			}
		}
		for c := range curves {
			got, _ := s.Get(curves[c].tag)
			sameStat(t, string(curves[c].tag), *got, ref.stat(&curves[c], float64(s.StartNS), float64(s.EndNS)))
		}
		if s.Complete != (i < len(list)-1) {
			t.Errorf("slice %d of %d: complete is %v", i, len(list), s.Complete)
		}
	}
	if counted != a.Valid() {
		t.Errorf("slices hold %d of %d requests", counted, a.Valid())
	}
}

// sameBits compares what was computed the same way, but for rounding of sums in
// another order.
func sameBits(a, b Stat) bool {
	near := func(x, y float64) bool { return x != x && y != y || math.Abs(x-y) <= 1e-9*max(math.Abs(y), 1e-6) }
	ok := near(a.Avg, b.Avg) && near(a.Min, b.Min) && near(a.Max, b.Max) && near(a.Sum, b.Sum) && near(a.Std, b.Std) && a.Count == b.Count
	for i := range a.P {
		ok = ok && near(a.P[i], b.P[i])
	}
	return ok
}
