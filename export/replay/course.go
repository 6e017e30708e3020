package replay

import (
	"slices"
	"time"

	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/export/aiperf"
)

// course is what the GPUs and servers did over one whole phase.
type course struct {
	of     *track
	points []snap.SensorPoint
	width  time.Duration
}

// How many lines the course of a phase is made of at most: of GPUs, and of the
// far longer ones of servers' pages. Of more, rounds are left out evenly.
const (
	courseGPULines  = 60_000
	coursePageLines = 4_000
)

// until is the course of a phase up to a time.
func (s *sensors) until(k *track, at time.Duration) ([]snap.SensorPoint, time.Duration) {
	if s.of != k {
		s.of = k
		s.points, s.width = s.follow(k)
	}
	if at >= time.Duration(k.length) { // the last step may end after the phase
		return s.points, s.width
	}
	n, _ := slices.BinarySearchFunc(s.points, at-s.width/2, func(p snap.SensorPoint, t time.Duration) int { return int(min(max(p.At-t, -1), 1)) })
	return s.points[:n:n], s.width
}

// follow goes through a phase.
func (s *sensors) follow(k *track) ([]snap.SensorPoint, time.Duration) {
	end := k.origin + int64(k.length)
	gpus, gpuEvery := s.gpus.rounds(k.origin, end, courseGPULines)
	pages, pageEvery := s.pages.rounds(k.origin, end, coursePageLines)
	board := telemetry.NewBoard(k.origin, max(staleAfter, 2*gpuEvery, 2*pageEvery))
	var c telemetry.Course
	for len(gpus)+len(pages) > 0 {
		var ns int64
		if len(pages) == 0 || len(gpus) > 0 && s.gpus.lines[gpus[0]].atNS <= s.pages.lines[pages[0]].atNS {
			ns = s.gpus.round(gpus[0], func(line []byte) {
				if g, err := aiperf.DecodeGPU(line); err == nil {
					board.AddGPU(&g, 0)
				}
			})
			gpus = gpus[1:]
		} else {
			ns = s.pages.round(pages[0], func(line []byte) { s.show(line, board) })
			pages = pages[1:]
		}
		c.Add(board.State(ns), time.Duration(ns-k.origin))
	}
	return c.All()
}

// rounds are the first lines of the rounds of samples of a stretch of time,
// beginning with the one before it, so many that they have no more than most
// lines; and how far apart they are.
func (x *lineIndex) rounds(fromNS, toNS int64, most int) (first []int, every time.Duration) {
	if x == nil {
		return nil, 0
	}
	from, to := max(0, x.by(fromNS)-x.each), x.by(toNS)
	if from >= to {
		return nil, 0
	}
	step := x.each * ((to - from + most - 1) / most)
	for i := from; i < to; i += step {
		first = append(first, i)
	}
	return first, time.Duration((toNS - fromNS) / int64(len(first)))
}

// round shows the lines of one round to add, and returns the time of the last.
func (x *lineIndex) round(from int, add func([]byte)) int64 {
	to := min(from+x.each, len(x.lines))
	for i := from; i < to; i++ {
		add(x.read(i))
	}
	return x.lines[to-1].atNS
}

// cost works out what the tokens of the phase have cost so far.
func (p *Player) cost(s *snap.Snapshot, t *totals) {
	s.Cost = snap.Cost{PerHour: p.dir.pricePerHour()}
	joules, watts := telemetry.Draw(s.GPUs)
	s.Cost.Watts = watts
	telemetry.FillCost(&s.Cost, joules, s.Phase.Elapsed.Seconds(), t.out, t.goodOut, len(p.dir.Config.SLOs) > 0)
}

// pricePerHour is what the machines cost, 0 when it was not told.
func (d *Dir) pricePerHour() float64 {
	if d.Manifest == nil || d.Manifest.Cost == nil {
		return 0
	}
	return d.Manifest.Cost.PricePerHour
}

// seriesRounds is how many scrapes a series is drawn from at most: the console
// asks for it while it draws.
const seriesRounds = 150

// SeriesPoints implements snap.SeriesReader: the history of a series in the phase
// in front, up to the head.
func (p *Player) SeriesPoints(server, key string, n int) []snap.SeriesPoint {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.sensors == nil || p.sensors.pages == nil || p.sensors.states || len(p.tracks) == 0 {
		return nil
	}
	at := p.head.settle(p.clock())
	k := p.tracks[p.trackAt(at)]
	x := p.sensors.pages
	rounds, _ := x.rounds(k.origin, k.origin+int64(min(at-k.offset, k.length)), min(n, seriesRounds)*x.each)
	store := telemetry.NewServerStore()
	for _, r := range rounds {
		x.round(r, func(line []byte) {
			if s, err := p.sensors.scrapes.Decode(line); err == nil && telemetry.SourceName(s.URL) == server {
				store.Add(s)
			}
		})
	}
	return store.Points(server, key, n, k.origin)
}

var _ snap.SeriesReader = (*Player)(nil)
