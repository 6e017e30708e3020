package telemetry

import (
	"cmp"
	"slices"
	"time"

	"tacho/engine/snap"
)

// Board makes the picture of the moment out of samples and scrapes, live or
// from files. One goroutine uses it; the States it gives are never changed.
type Board struct {
	startNS int64
	// stale is the age from which a source has missed its turn.
	stale   time.Duration
	gpus    []*boardGPU
	byGPU   map[gpuKey]*boardGPU
	servers []*boardServer
	byURL   map[string]*boardServer
	order   []string // pages in the order in which they are shown, before all others
	note    string
	extra   map[string]ExtraField
}

// State is all GPUs and servers at one moment, GPUs by host and index.
type State struct {
	GPUs []snap.GPU
	// GPUNote says in a sentence why there are no GPUs.
	GPUNote string
	Servers []snap.ServerState
	// Sensors is the course of all of it since the board's start.
	Sensors     []snap.SensorPoint
	SensorWidth time.Duration
}

// NewBoard returns an empty one. startNS is where the times of the pictures
// begin, Unix nanoseconds; stale the age from which a sample is called old.
func NewBoard(startNS int64, stale time.Duration) *Board {
	return &Board{startNS: startNS, stale: stale, byGPU: map[gpuKey]*boardGPU{}, byURL: map[string]*boardServer{}}
}

// Extra says how figures are called that Fields has not.
func (b *Board) Extra(fields []ExtraField) {
	b.extra = map[string]ExtraField{}
	for _, x := range fields {
		b.extra[x.Tag] = x
	}
}

// AddGPU adds a sample that took so long to get.
func (b *Board) AddGPU(g *GPUSample, latency time.Duration) {
	key := gpuKey{g.Source, g.UUID}
	d := b.byGPU[key]
	if d == nil {
		d = newBoardGPU(g)
		b.byGPU[key] = d
		b.gpus = append(b.gpus, d)
	}
	d.add(g, b.since(g.AtNS), latency)
	d.gpu.Extra = b.figures(g.Extra)
}

// figures are those that Fields has not, for the screen.
func (b *Board) figures(list []ExtraValue) (out []snap.GPUFigure) {
	for _, v := range list {
		x, known := b.extra[v.Tag]
		if !known {
			x = ExtraOf(v.Tag)
		}
		out = append(out, snap.GPUFigure{Name: x.Header, Unit: x.Unit, Value: v.Value})
	}
	return out
}

// AddScrape adds a scrape.
func (b *Board) AddScrape(s *Scrape) { b.server(s.URL).scrape(s, b.since(s.AtNS)) }

// AddRoles adds what is left of a scrape in a file.
func (b *Board) AddRoles(r *ServerRoles) { b.server(r.URL).add(r, b.since(r.AtNS)) }

// server is the one with a page, made when it is first seen.
func (b *Board) server(url string) *boardServer {
	d := b.byURL[url]
	if d == nil {
		d = newBoardServer(url)
		b.byURL[url] = d
		if d.place = slices.Index(b.order, url); d.place < 0 {
			d.place = len(b.order)
		}
		b.servers = append(b.servers, d)
		slices.SortStableFunc(b.servers, func(x, y *boardServer) int { return cmp.Compare(x.place, y.place) })
	}
	return d
}

// Order says in which order pages are shown, whichever answers first.
func (b *Board) Order(pages []string) { b.order = pages }

// Touch says that a source answered at a time with what it had answered before:
// its figures are not old.
func (b *Board) Touch(source string, atNS int64) {
	for key, d := range b.byGPU {
		if key.source == source {
			d.atNS = atNS
		}
	}
}

// Note sets why there are no GPUs.
func (b *Board) Note(text string) { b.note = text }

func (b *Board) since(ns int64) time.Duration { return time.Duration(ns - b.startNS) }

// State is the picture at a time, Unix nanoseconds.
func (b *Board) State(nowNS int64) *State {
	s := &State{GPUNote: b.note, GPUs: make([]snap.GPU, 0, len(b.gpus)), Servers: make([]snap.ServerState, 0, len(b.servers))}
	for _, d := range b.gpus {
		g := d.gpu
		g.History, g.Stale = d.history.window(), b.age(d.atNS, nowNS)
		s.GPUs = append(s.GPUs, g)
	}
	slices.SortStableFunc(s.GPUs, func(x, y snap.GPU) int {
		return cmp.Or(cmp.Compare(x.Host, y.Host), cmp.Compare(x.Source, y.Source), cmp.Compare(x.Index, y.Index))
	})
	for _, d := range b.servers {
		v := d.state
		v.History, v.Stale = d.history.window(), b.age(d.atNS, nowNS)
		s.Servers = append(s.Servers, v)
	}
	if len(s.GPUs) > 0 {
		s.GPUNote = ""
	}
	return s
}

// Rebase begins the board's times anew at a time, that of a phase: what is on it
// moves along.
func (b *Board) Rebase(startNS int64) {
	by := b.since(startNS)
	b.startNS = startNS
	for _, d := range b.gpus {
		d.rebase(by)
	}
	for _, d := range b.servers {
		d.state.At -= by
		d.history.move(func(p *snap.ServerPoint) { p.At -= by })
	}
}

// age is how old a sample is when it is too old, else 0.
func (b *Board) age(atNS, nowNS int64) time.Duration {
	if d := time.Duration(nowNS - atNS); d > b.stale {
		return d
	}
	return 0
}
