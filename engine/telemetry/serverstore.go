package telemetry

import (
	"slices"

	"tacho/engine/record"
)

// serverBudget bounds the changes of numbers that a ServerStore holds, 12 bytes
// each, over all pages.
const serverBudget = 3 << 20

// ServerStore holds the scrapes of all pages of a run, in the order in which
// the pages were first seen. It is not safe for concurrent use.
type ServerStore struct {
	// Configured are the pages that the user named.
	Configured []string

	pages  []*pageTape
	byURL  map[string]*pageTape
	phases []record.Phase

	changes, budget, thinned int
}

// NewServerStore returns an empty store.
func NewServerStore() *ServerStore {
	return &ServerStore{byURL: map[string]*pageTape{}, budget: serverBudget}
}

// fetch is one reading of a page.
type fetch struct {
	at, latency int64
	phase       int32 // index into phases, -1 outside
	same        bool
}

// pageTape is one page over time. fetches are all readings; times and phases
// those whose numbers are kept.
type pageTape struct {
	url     string
	fetches []fetch
	times   []int64
	phases  []int32
	edges   []bool // read for the begin or the end of a phase: thinning leaves them
	late    int    // counts the scrapes that took the place of the last one
	series  []*seriesTape
	byKey   map[string]*seriesTape
	shape   *Shape
	inShape []*seriesTape // the series of shape, in its order; nil: no room
	// columns counts those of all series, lost the series there was no room for.
	columns, lost int
}

// seriesTape is one series over time.
type seriesTape struct {
	name, help string
	kind       Kind
	labels     []Label
	// bounds are those of the first scrape, ascending; later ones that differ
	// are left out.
	bounds []string
	// columns has one number for a scalar; for a histogram what each bucket
	// alone holds, the sum, and the count, which tells whether it is there.
	columns []column
	// order is where the buckets of the page's shape are in bounds, -1 nowhere.
	order []int
}

// presence is the column that tells whether the series is there.
func (s *seriesTape) presence() *column { return &s.columns[len(s.columns)-1] }

// Add adds a scrape. Those of one page come in the order of time; one that does
// not is left out of the numbers. It reports whether counters of the page have
// started anew.
func (st *ServerStore) Add(s *Scrape) (restarted bool) {
	p := st.byURL[s.URL]
	if p == nil {
		p = &pageTape{url: s.URL, byKey: map[string]*seriesTape{}}
		st.byURL[s.URL] = p
		st.pages = append(st.pages, p)
	}
	phase := st.phase(s.Phase)
	p.fetches = append(p.fetches, fetch{s.AtNS, s.LatencyNS, phase, s.Same})
	if n := len(p.times); n > 0 && s.AtNS < p.times[n-1] {
		return false
	}
	p.place(s, phase, strideOf(st.thinned))
	if s.Shape != p.shape {
		p.reshape(s.Shape)
	}
	changes, restarted := p.numbers(s)
	if st.changes += changes; st.changes > st.budget {
		st.thin()
	}
	return restarted
}

// place makes a place for the numbers of a scrape. Of stride scrapes the last
// one keeps it, but for those at the edge of a phase.
func (p *pageTape) place(s *Scrape, phase int32, stride int) {
	n := len(p.times)
	if n > 1 && p.late < stride-1 && !p.edges[n-1] && p.phases[n-1] == phase && p.phases[n-2] == phase {
		p.late++
		p.times[n-1], p.edges[n-1] = s.AtNS, s.Edge
		return
	}
	p.late = 0
	p.times, p.phases, p.edges = append(p.times, s.AtNS), append(p.phases, phase), append(p.edges, s.Edge)
}

// phase is the number of a phase, -1 for none.
func (st *ServerStore) phase(p *record.Phase) int32 {
	if p == nil {
		return -1
	}
	i := slices.Index(st.phases, *p)
	if i < 0 {
		i = len(st.phases)
		st.phases = append(st.phases, *p)
	}
	return int32(i)
}

// reshape finds or makes the series of a shape. Those that it lacks end.
func (p *pageTape) reshape(shape *Shape) {
	was := p.inShape
	p.shape, p.inShape = shape, make([]*seriesTape, 0, shape.series)
	now := map[*seriesTape]bool{}
	for i := range shape.Families {
		f := &shape.Families[i]
		for j := range f.Series {
			x := &f.Series[j]
			key := seriesKey(f.Name, x.Labels)
			s := p.byKey[key]
			if s == nil {
				if p.columns += x.columns(f.Kind); p.columns > 2*maxSeries {
					// Labels that change all the time make new series for ever.
					p.lost++
					p.inShape = append(p.inShape, nil)
					continue
				}
				s = &seriesTape{name: f.Name, help: f.Help, kind: f.Kind, labels: x.Labels}
				s.shaped(x)
				p.byKey[key] = s
				p.series = append(p.series, s)
			}
			s.follow(f.Kind, x)
			now[s] = true
			p.inShape = append(p.inShape, s)
		}
	}
	for _, s := range was {
		if s != nil && !now[s] {
			for i := range s.columns {
				s.columns[i].push(len(p.times)-1, nan)
			}
		}
	}
}

// shaped makes the columns of a series.
func (s *seriesTape) shaped(x *Series) {
	if s.kind != Histogram {
		s.columns = make([]column, 1)
		return
	}
	s.bounds = slices.Clone(x.Bounds)
	slices.SortStableFunc(s.bounds, func(a, b string) int { return compareFloat(boundOf(a), boundOf(b)) })
	s.columns = make([]column, len(s.bounds)+2)
}

// follow finds the buckets of the page's shape.
func (s *seriesTape) follow(kind Kind, x *Series) {
	s.order = nil
	if s.kind != Histogram || kind != Histogram {
		return
	}
	for _, b := range s.bounds {
		s.order = append(s.order, slices.Index(x.Bounds, b))
	}
}

// numbers enters the values of a scrape and returns how many changed.
func (p *pageTape) numbers(s *Scrape) (changes int, restarted bool) {
	i, n := len(p.times)-1, 0
	for k := range s.Shape.Families {
		f := &s.Shape.Families[k]
		for j := range f.Series {
			if t := p.inShape[n]; t != nil {
				before := t.presence().last()
				changes += t.push(i, s, f.Kind, &f.Series[j])
				if t.kind == Counter || t.kind == Histogram { // the latter's is its count
					restarted = restarted || t.presence().last() < before
				}
			}
			n++
		}
	}
	return changes, restarted
}

// push enters the values of one series. A page that makes a scalar a histogram
// or the other way round has it absent.
func (t *seriesTape) push(i int, s *Scrape, kind Kind, x *Series) (changes int) {
	if t.kind != Histogram {
		v := nan
		if kind != Histogram {
			v = s.Value(x)
		}
		return t.columns[0].push(i, v)
	}
	if kind != Histogram || !s.Present(x) {
		for j := range t.columns {
			changes += t.columns[j].push(i, nan)
		}
		return changes
	}
	buckets, sum, count := s.Hist(x)
	below := 0.0
	for j, k := range t.order {
		v := 0.0
		if k >= 0 {
			v = orZero(buckets[k])
		}
		changes += t.columns[j].push(i, v-below)
		below = v
	}
	n := len(t.order)
	return changes + t.columns[n].push(i, orZero(sum)) + t.columns[n+1].push(i, orZero(count))
}

// orZero is what AIPerf takes for a part of a histogram that is missing.
func orZero(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// thin halves the resolution of all pages: every second scrape goes, but for
// those at the edge of a phase.
func (st *ServerStore) thin() {
	st.thinned++
	st.changes = 0
	for _, p := range st.pages {
		st.changes += p.thin()
	}
	// What does not change often cannot be made less: then more is let in, for
	// the series are bounded.
	if st.changes > st.budget/2 {
		st.budget = 2 * st.changes
	}
}

func (p *pageTape) thin() (changes int) {
	n := len(p.times)
	next, kept, drop := make([]uint32, n), 0, false
	for i := range n {
		next[i] = uint32(kept)
		edge := i == 0 || i == n-1 || p.edges[i] || p.phases[i] != p.phases[i-1] || p.phases[i] != p.phases[i+1]
		if drop = !drop && !edge; drop {
			continue
		}
		p.times[kept], p.phases[kept], p.edges[kept] = p.times[i], p.phases[i], p.edges[i]
		kept++
	}
	p.times, p.phases, p.edges = p.times[:kept], p.phases[:kept], p.edges[:kept]
	for _, s := range p.series {
		for j := range s.columns {
			changes += s.columns[j].remap(next)
		}
	}
	return changes
}

// Thinned is how often the resolution was halved to stay in memory.
func (st *ServerStore) Thinned() int { return st.thinned }

// Expected lists the pages that the user named and those that answered.
func (st *ServerStore) Expected() []string { return withAnswered(st.Configured, st.URLs()) }

// URLs lists the pages that answered.
func (st *ServerStore) URLs() []string {
	var out []string
	for _, p := range st.pages {
		out = append(out, p.url)
	}
	return out
}

// Phases lists the phases in which scrapes were taken, in the order of the
// first one.
func (st *ServerStore) Phases() []record.Phase { return st.phases }
