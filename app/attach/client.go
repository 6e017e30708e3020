package attach

import (
	"bufio"
	"cmp"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// answerTime is how long a run may take to answer: one that is stopped, or
// swapped out, does not.
const answerTime = 2 * time.Second

// ErrGone says that the process of a run has ended without saying how.
var ErrGone = errors.New("the process of the run is gone; what it measured is in its directory")

// List asks the runs whose sockets are in a folder what they are, the newest
// first. Sockets of runs that are gone are taken away.
func List(dir string) []Info {
	var out []Info
	for _, id := range sockets(dir) {
		path := filepath.Join(dir, id+ending)
		l, err := dial(path)
		if err != nil {
			bury(path, err)
			continue
		}
		if a, err := l.exchange(&ask{Word: wordList}); err == nil && a.Info != nil {
			out = append(out, *a.Info)
		}
		l.close()
	}
	slices.SortStableFunc(out, func(a, b Info) int { return b.Start.Compare(a.Start) })
	return out
}

// Find are the runs that a word means: an id or its beginning, a name, or a
// directory. No word means all.
func Find(all []Info, word string) []Info {
	if word == "" {
		return all
	}
	var out []Info
	for _, i := range all {
		if strings.HasPrefix(i.ID, word) || i.Name == word || i.Dir == word || filepath.Base(i.Dir) == word {
			out = append(out, i)
		}
	}
	return out
}

// link is a connection to a run. Its methods may be called from any goroutine;
// one exchange follows the other.
type link struct {
	mu  sync.Mutex
	c   net.Conn
	in  *gob.Decoder
	out *gob.Encoder
	buf *bufio.Writer
}

func dial(path string) (*link, error) {
	c, err := net.DialTimeout("unix", path, answerTime)
	if err != nil {
		return nil, err
	}
	l := &link{c: c, buf: bufio.NewWriter(c), in: gob.NewDecoder(bufio.NewReader(c))}
	l.out = gob.NewEncoder(l.buf)
	return l, nil
}

// exchange sends an ask and waits for the answer.
func (l *link) exchange(q *ask) (*answer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.c.SetDeadline(time.Now().Add(answerTime))
	if err := cmp.Or(l.out.Encode(q), l.buf.Flush()); err != nil {
		return nil, err
	}
	a := new(answer)
	if err := l.in.Decode(a); err != nil {
		return nil, err
	}
	return a, nil
}

func (l *link) close() { _ = l.c.Close() }

// Remote is a run in another process, as a screen here looks at it. It is a
// snap.Source; Steered gives it a wheel.
type Remote struct {
	snap.Cell
	Info Info
	link *link
	reg  *metric.Registry
	done chan struct{}
	quit chan struct{}
	wg   sync.WaitGroup

	mu      sync.Mutex // guards what follows
	outcome *Outcome
	err     error
	steers  bool
	series  map[seriesKey]*seriesWish
}

// Options say how a screen looks at a run.
type Options struct {
	Version string
	Steer   Steer
	// Every is the time between two looks.
	Every time.Duration
}

// Join looks at the run with an id. The caller must Close it.
func Join(dir, id string, o Options) (*Remote, error) {
	l, err := dial(filepath.Join(dir, id+ending))
	if err != nil {
		return nil, fmt.Errorf("attach to %s: %w", id, err)
	}
	r := &Remote{link: l, reg: metric.Builtin(), done: make(chan struct{}), quit: make(chan struct{}), series: map[seriesKey]*seriesWish{}}
	a, err := l.exchange(&ask{Word: wordJoin, Protocol: protocol, Version: o.Version, Steer: o.Steer})
	switch {
	case err != nil:
		l.close()
		return nil, fmt.Errorf("attach to %s: it does not answer: %w", id, err)
	case a.Err != "":
		l.close()
		return nil, fmt.Errorf("attach to %s: %s", id, a.Err)
	}
	r.Info = *a.Info
	r.take(a)
	r.wg.Go(func() { r.follow(o.Every) })
	return r, nil
}

// follow looks again and again until the run is over.
func (r *Remote) follow(every time.Duration) {
	defer close(r.done)
	defer r.link.close()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-r.quit:
			return
		case <-tick.C:
		}
		a, err := r.link.exchange(&ask{Word: wordLook})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = fmt.Errorf("the run does not answer: %w", err)
		} else if err != nil {
			err = ErrGone
		}
		if err != nil {
			r.mu.Lock()
			r.err = err
			r.mu.Unlock()
			r.lost(err)
			return
		}
		r.take(a)
		if a.Outcome != nil {
			return
		}
		r.renewSeries()
	}
}

// take keeps what an answer says.
func (r *Remote) take(a *answer) {
	if a.Picture != nil {
		r.Publish(a.Picture.unpack(r.Latest(), r.reg))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steers = a.Steers
	if a.Outcome != nil {
		r.outcome = a.Outcome
	}
}

// lost shows that the run is no longer seen.
func (r *Remote) lost(err error) {
	last := r.Latest()
	if last == nil || last.State == snap.Done || last.State == snap.Failed {
		return
	}
	now := *last
	now.State, now.Verdict = snap.Failed, err.Error()
	r.Publish(&now)
}

// Done is closed when the run is over, or no longer seen.
func (r *Remote) Done() <-chan struct{} { return r.done }

// Err is why the run is no longer seen; nil while it is, and after it has told
// its outcome.
func (r *Remote) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Steers tells whether this screen has the helm.
func (r *Remote) Steers() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.steers
}

// Outcome is how the program of the run ended. It waits a little while the run
// is over and only writes its last words; nil when it goes on.
func (r *Remote) Outcome() *Outcome {
	if s := r.Latest(); s != nil && (s.State == snap.Done || s.State == snap.Failed) {
		select {
		case <-r.done:
		case <-time.After(answerTime):
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.outcome
}

// Close leaves the run to itself.
func (r *Remote) Close() {
	close(r.quit)
	r.wg.Wait()
}
