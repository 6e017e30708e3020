package replay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/stats"
	"tacho/export"
	"tacho/profiles"
)

// Options say how a run is played. The zero value stands at the beginning and
// checks the numbers in the background.
type Options struct {
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// At is where the head stands at first, Speed how fast it will move, in
	// seconds of the run per second; 0 is 1. Playing says that it moves.
	At      time.Duration
	Speed   float64
	Playing bool
	// NoCheck leaves out the comparison of the summary with the records.
	NoCheck bool
	// Scratch is the folder of scratch files; empty is the system's.
	Scratch string
}

const (
	// gapMemory is how many gaps are kept in memory, two bytes each.
	gapMemory = 48 << 20
	// checkBudget is the memory of the statistics that the check computes.
	checkBudget = 24 << 20
	// playEvery is the time between two pictures while the head moves, as in a
	// live run.
	playEvery = 100 * time.Millisecond
	// maxSpeed is the fastest that a run is played.
	maxSpeed = 1000
)

var errNoRecords = errors.New("the directory has no requests to replay")

// Player plays a recorded run. It implements snap.Seeker; all methods are safe
// for use by several goroutines. A picture is made when it is asked for, so a
// player that nobody looks at costs nothing.
type Player struct {
	dir      *Dir
	profile  *profiles.Profile
	tape     *tape // nil without records
	m        *meter
	tracks   []*track
	lib      *library
	info     snap.RunInfo
	settings []snap.Setting
	client   snap.Client
	origin   string // who made it
	files    []snap.File
	sensors  *sensors
	gpuNote  string          // why there are no GPUs
	slicesOf []snap.SliceRow // of a directory without records
	timeline atomic.Pointer[snap.Timeline]
	clock    func() time.Time

	mu      sync.Mutex // guards what follows, and the tracks and the library
	head    head
	last    *snap.Snapshot
	lastAt  time.Duration
	drawn   time.Time // when last was made
	stale   bool      // last is out of date wherever the head is
	seq     uint64
	whatIf  whatIf
	notices []snap.Notice // in order of time
	final   *stats.Summary
	result  *export.Run // made from the records; nil when the files have one
	closed  bool

	cancel  context.CancelFunc
	check   sync.WaitGroup
	checked chan struct{}
	done    chan struct{}
}

// Latest is the picture at the head. While the head moves it is renewed ten
// times a second; when nothing has moved it is the same pointer.
func (p *Player) Latest() *snap.Snapshot {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return p.last
	}
	now := p.clock()
	at := p.head.settle(now)
	if p.last != nil && !p.stale {
		if at == p.lastAt || p.head.playing && now.Sub(p.drawn) < playEvery {
			return p.last
		}
	}
	p.last, p.lastAt, p.drawn, p.stale = p.frame(at), at, now, false
	return p.last
}

// Done is closed when the player is.
func (p *Player) Done() <-chan struct{} { return p.done }

// Err is nil: what is wrong with a directory is in the timeline.
func (p *Player) Err() error { return nil }

// Seek moves the head; out of range is the nearest end.
func (p *Player) Seek(at time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.head.set(p.clock(), at)
	p.drawn = time.Time{}
}

// Play starts or stops the head.
func (p *Player) Play(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.head.settle(p.clock())
	p.head.playing = on && p.head.at < p.head.length
}

// SetSpeed is how fast the head moves, in seconds of the run per second, above 0
// and at most a thousand. Other values change nothing.
func (p *Player) SetSpeed(x float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.head.settle(p.clock())
	if x > 0 {
		p.head.speed = min(x, maxSpeed)
	}
}

// State is where the head is, whether it moves, and how fast it does or would.
func (p *Player) State() (at time.Duration, playing bool, speed float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.head.settle(p.clock())
	return p.head.at, p.head.playing, p.head.speed
}

// SetSLO moves a goodput limit on the screen, what if; NaN takes it away. The
// files keep the run's own.
func (p *Player) SetSLO(tag string, limit float64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tracks) == 0 {
		return errNoRecords
	}
	if p.m.column(metric.Tag(tag)) < 0 {
		return fmt.Errorf("%s is not a figure of each request that is at hand", tag)
	}
	p.whatIf.set(p.m.slos, metric.Tag(tag), limit)
	p.stale = true
	return nil
}

// Timeline is the run as a bar. It does not change once returned; a later call
// may know more, when the numbers have been checked.
func (p *Player) Timeline() *snap.Timeline { return p.timeline.Load() }

// Command is the command line that made the run; empty when it is not known.
func (p *Player) Command() string { return p.dir.Command() }

// Result is the run with its exact summary: from the files, or from the records
// once they have been read through (see Checked) when there is none. Its Summary is
// nil when no request succeeded. The caller must not change it.
func (p *Player) Result() *export.Run {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dir.Run != nil {
		return p.dir.Run
	}
	return p.result
}

// Checked is closed when the numbers have been checked, or will not be.
func (p *Player) Checked() <-chan struct{} { return p.checked }

// Close ends the check and frees everything. Latest goes on to return the last
// picture.
func (p *Player) Close() error {
	p.cancel()
	p.check.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	close(p.done)
	var err error
	if p.tape != nil {
		err = p.tape.close()
	}
	p.sensors.close()
	p.tape, p.tracks, p.lib, p.m, p.sensors = nil, nil, nil, nil, nil
	return err
}

// noticesAt are the notices up to a time.
func (p *Player) noticesAt(at time.Duration) []snap.Notice {
	n := 0
	for n < len(p.notices) && p.notices[n].At <= at {
		n++
	}
	return slices.Clone(p.notices[:n])
}

var _ snap.Seeker = (*Player)(nil)
