package search

import (
	"cmp"
	"math"
	"slices"
)

// Config is what is searched.
type Config struct {
	// Low and High bound the load; the search begins at Start, or at Low when
	// it is 0.
	Low, High, Start float64
	// Whole loads are integers, found to the one; others to a share Step of
	// their value.
	Whole bool
	Step  float64
	// Share of the requests that must hold the limits, 0..1.
	Share float64
	// Repeats is how many probes at the edge must agree, at least 1.
	Repeats int
	// MaxProbes ends a search that noise keeps going; 0 is 60.
	MaxProbes int
}

// Probe is one run at a load.
type Probe struct {
	X float64
	// Good and Bad count its requests; a probe without any has failed.
	Good, Bad int64
	// Share is what must be good; 0 is that of the configuration.
	Share float64
	// Hopeless says that it was dropped early, for too many were bad already.
	Hopeless bool
}

// holds is the probe's vote.
func (p *Probe) holds(share float64) bool {
	share = cmp.Or(p.Share, share)
	return !p.Hopeless && p.Good+p.Bad > 0 && float64(p.Good) >= share*float64(p.Good+p.Bad)
}

// clear reports whether chance alone hardly explains the vote: the confidence
// interval of the share lies on one side of what is asked.
func (p *Probe) clear(share float64) bool {
	share = cmp.Or(p.Share, share)
	if p.Hopeless || p.Good+p.Bad == 0 {
		return true
	}
	low, high := Interval(p.Good, p.Bad)
	return low >= share || high < share
}

// z95 is the normal quantile of one-sided 95 %.
const z95 = 1.6448536269514722

// Interval is Wilson's 90 % interval of a share, each side left out with 5 %.
func Interval(good, bad int64) (low, high float64) {
	n := float64(good + bad)
	if n == 0 {
		return 0, 1
	}
	p, z2 := float64(good)/n, z95*z95
	mid := (p + z2/(2*n)) / (1 + z2/n)
	half := z95 / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	return max(0, mid-half), min(1, mid+half)
}

// point is all probes at one load.
type point struct {
	x          float64
	pass, fail int
	clear      bool // a probe is
	sure       bool // a probe had more bad requests than good ones
}

// holds is the majority.
func (p *point) holds() bool { return p.pass > p.fail }

func (p *point) votes() int { return p.pass + p.fail }

// settled reports whether the load is known not to hold: most requests were bad
// in a probe and no other disagrees, two agree and one is clear, or there are
// enough of them. Requests of one moment fail together, so that a single probe
// proves less than the number of its requests would.
func (p *point) settled(repeats int) bool {
	if p.pass == p.fail {
		return false
	}
	agree := p.pass == 0 || p.fail == 0
	return agree && (p.sure || p.clear && p.votes() >= 2) || p.votes() >= repeats
}

// Search is under way. The zero value is of no use; New makes one.
type Search struct {
	cfg    Config
	probes []Probe
	points []point // by load
}

// New begins a search.
func New(cfg Config) *Search {
	cfg.Start = max(cfg.Start, cfg.Low)
	cfg.Repeats = max(cfg.Repeats, 1)
	if cfg.MaxProbes == 0 {
		cfg.MaxProbes = 60
	}
	return &Search{cfg: cfg}
}

// Add takes in a probe.
func (s *Search) Add(p Probe) {
	s.probes = append(s.probes, p)
	i, found := slices.BinarySearchFunc(s.points, p.X, func(pt point, x float64) int { return cmp.Compare(pt.x, x) })
	if !found {
		s.points = slices.Insert(s.points, i, point{x: p.X})
	}
	pt := &s.points[i]
	if p.holds(s.cfg.Share) {
		pt.pass++
	} else {
		pt.fail++
	}
	pt.clear = pt.clear || p.clear(s.cfg.Share)
	pt.sure = pt.sure || p.Bad >= p.Good
}

// Holds is a probe's vote.
func (s *Search) Holds(p Probe) bool { return p.holds(s.cfg.Share) }

func (s *Search) at(x float64) *point {
	for i := range s.points {
		if s.points[i].x == x {
			return &s.points[i]
		}
	}
	return &point{x: x}
}

// bracket is the largest load that holds below the smallest that does not; NaN
// where there is none.
func (s *Search) bracket() (low, high float64) {
	low, high = math.NaN(), math.NaN()
	for i := range s.points {
		p := &s.points[i]
		switch {
		case p.pass == p.fail:
		case !p.holds():
			return low, p.x
		default:
			low = p.x
		}
	}
	return low, high
}

// Next is the load to probe; false when the search is over.
func (s *Search) Next() (x float64, more bool) {
	if len(s.probes) >= s.cfg.MaxProbes {
		return 0, false
	}
	if len(s.points) == 0 {
		return s.cfg.Start, true
	}
	for i := range s.points { // votes that are even say nothing
		if p := &s.points[i]; p.pass == p.fail {
			return p.x, true
		}
	}
	low, high := s.bracket()
	if p := s.at(high); !math.IsNaN(high) && !p.settled(s.cfg.Repeats) {
		return high, true // a false alarm here would hide all that lies above
	}
	switch {
	case math.IsNaN(low) && high <= s.cfg.Low:
		return high, s.at(high).votes() < s.cfg.Repeats
	case math.IsNaN(low):
		return s.round(max(s.cfg.Low, high/2)), true
	case math.IsNaN(high) && low < s.cfg.High:
		return s.round(min(s.cfg.High, low*2)), true
	case !math.IsNaN(high) && !s.close(low, high):
		return s.between(low, high), true
	}
	return s.edge(low, high)
}

// edge repeats the probes at both sides of the bracket; when the lower side does
// not always hold, it goes down to a load that does.
func (s *Search) edge(low, high float64) (float64, bool) {
	if p := s.at(low); p.votes() < s.cfg.Repeats {
		return low, true
	}
	if p := s.at(high); !math.IsNaN(high) && p.votes() < min(2, s.cfg.Repeats) {
		return high, true
	}
	for x, steps := low, 0; steps < 4; {
		for i := len(s.points) - 1; i >= 0; i-- { // the largest near by that never failed
			if p := &s.points[i]; p.x <= low && p.x >= x && p.fail == 0 && p.pass > 0 {
				return p.x, p.pass < s.cfg.Repeats
			}
		}
		next := s.round(x * 0.9)
		if next >= x {
			next = x - 1
		}
		if x = next; x < s.cfg.Low {
			return 0, false
		}
		if s.at(x).votes() == 0 && !s.heldBetween(x, low) {
			return x, true
		}
		steps++
	}
	return 0, false
}

// heldBetween reports whether a load in a range never failed.
func (s *Search) heldBetween(from, to float64) bool {
	return slices.ContainsFunc(s.points, func(p point) bool { return p.x >= from && p.x <= to && p.fail == 0 && p.pass > 0 })
}

// close reports whether nothing worth knowing lies between two loads.
func (s *Search) close(low, high float64) bool {
	if s.cfg.Whole {
		return high-low <= 1
	}
	return high-low <= s.cfg.Step*low
}

func (s *Search) between(low, high float64) float64 {
	mid := low + (high-low)/2
	if s.cfg.Whole {
		return math.Floor(mid)
	}
	if r := s.round(mid); r > low && r < high {
		return r
	}
	return mid
}

// round brings a load to one that is worth telling: whole, or of three digits.
func (s *Search) round(x float64) float64 {
	if s.cfg.Whole {
		return max(1, math.Floor(x))
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(x)))
	return math.Round(x*scale) / scale
}
