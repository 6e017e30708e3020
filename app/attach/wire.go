package attach

import (
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

// protocol changes with what is sent; both ends must have the same.
const protocol = 1

// word is what a screen wants.
type word uint8

const (
	wordList   word = iota // who are you: the answer is Info alone
	wordJoin               // look at the run from here on
	wordLook               // the newest picture
	wordStop               // Text is the reason
	wordLoad               // Number requests in flight
	wordRate               // Number per second
	wordHold               // On
	wordMark               // Text
	wordSLO                // of the metric Text, to Number
	wordSeries             // Text of the server Server, at most Number points
)

// ask is a message of a screen.
type ask struct {
	Word         word
	Protocol     int    // of wordList and wordJoin
	Version      string // of the program
	Steer        Steer
	Number       float64
	On           bool
	Text, Server string
}

// Steer is whether a screen wants to steer.
type Steer uint8

// The wishes.
const (
	SteerIfFree Steer = iota
	SteerNever
	SteerInsist
)

// answer is a message of the run: there is one to each ask.
type answer struct {
	Err     string
	Info    *Info
	Picture *picture // nil: the one that the screen has is the newest
	Steers  bool
	Points  []snap.SeriesPoint
	// Outcome is there once the run is over and its files are written.
	Outcome *Outcome
}

// Info is what a run is.
type Info struct {
	ID, Version string
	PID         int
	Name, Model string
	Host, Dir   string
	Load        string
	Command     string
	Against     string // the directory of an earlier run behind it
	Start       time.Time
	Screens     int
}

// Outcome is how the program of a run ended.
type Outcome struct {
	// Text and Narrow are for the scrollback of terminals that AIPerf's tables
	// fit and do not fit; Errors is for stderr.
	Text, Narrow, Errors string
	Code                 int // the exit code
}

// part is a part of a Snapshot that is long and often the same as before.
type part uint16

const (
	partSeries part = 1 << iota
	partSlices
	partSettings
	partRequests
	partTTFT
	partITL
	partLatency
)

// picture is a Snapshot on the wire: definitions are named by their tags, and
// parts that the screen has already are left out.
type picture struct {
	Snap  snap.Snapshot
	Tags  []metric.Tag // of Snap.Live
	Final []metric.Tag // of Snap.Final
	Same  part
}

// sameSlice tells whether two slices are the same memory.
func sameSlice[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// pack makes a picture of s for a screen that has last, which may be nil.
func pack(s, last *snap.Snapshot) *picture {
	p := &picture{Snap: *s}
	p.Snap.Live = make([]snap.Live, len(s.Live))
	for i, l := range s.Live {
		p.Tags = append(p.Tags, l.Def.Tag) // every metric on a screen has one
		p.Snap.Live[i] = l
		p.Snap.Live[i].Def = nil
	}
	if s.Final != nil {
		f := *s.Final
		f.Stats = make([]stats.Stat, len(s.Final.Stats))
		for i, st := range s.Final.Stats {
			p.Final = append(p.Final, st.Def.Tag)
			f.Stats[i] = st
			f.Stats[i].Def = nil
		}
		p.Snap.Final = &f
	}
	if last == nil {
		return p
	}
	same := func(is bool, which part, drop func()) {
		if is {
			p.Same |= which
			drop()
		}
	}
	same(sameSlice(s.Series, last.Series), partSeries, func() { p.Snap.Series = nil })
	same(sameSlice(s.Slices, last.Slices), partSlices, func() { p.Snap.Slices = nil })
	same(sameSlice(s.Settings, last.Settings), partSettings, func() { p.Snap.Settings = nil })
	same(s.Requests == last.Requests, partRequests, func() { p.Snap.Requests = nil })
	same(s.TTFTHeat == last.TTFTHeat, partTTFT, func() { p.Snap.TTFTHeat = nil })
	same(s.ITLHeat == last.ITLHeat, partITL, func() { p.Snap.ITLHeat = nil })
	same(s.LatencyHeat == last.LatencyHeat, partLatency, func() { p.Snap.LatencyHeat = nil })
	return p
}

// unpack makes a Snapshot of a picture for a screen that has last. Metrics that
// this program does not know are left out.
func (p *picture) unpack(last *snap.Snapshot, reg *metric.Registry) *snap.Snapshot {
	s := p.Snap
	s.Live = nil
	for i, l := range p.Snap.Live {
		if d, ok := reg.Lookup(p.Tags[i]); ok {
			l.Def = d
			s.Live = append(s.Live, l)
		}
	}
	if s.Final != nil {
		f := *s.Final
		f.Stats = nil
		for i, st := range p.Snap.Final.Stats {
			if d, ok := reg.Lookup(p.Final[i]); ok {
				st.Def = d
				f.Stats = append(f.Stats, st)
			}
		}
		s.Final = &f
	}
	if last == nil {
		return &s
	}
	had := func(which part, take func()) {
		if p.Same&which != 0 {
			take()
		}
	}
	had(partSeries, func() { s.Series = last.Series })
	had(partSlices, func() { s.Slices = last.Slices })
	had(partSettings, func() { s.Settings = last.Settings })
	had(partRequests, func() { s.Requests = last.Requests })
	had(partTTFT, func() { s.TTFTHeat = last.TTFTHeat })
	had(partITL, func() { s.ITLHeat = last.ITLHeat })
	had(partLatency, func() { s.LatencyHeat = last.LatencyHeat })
	return &s
}
