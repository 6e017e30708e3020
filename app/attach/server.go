package attach

import (
	"bufio"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"tacho/engine/snap"
)

// maxScreens bounds how many screens look at once.
const maxScreens = 16

// lastLook is how long a run that is over waits for its screens to hear of it.
const lastLook = 3 * time.Second

// Server is the run's end. Its goroutines end with Close.
type Server struct {
	info   Info
	run    snap.Steerer
	helm   *Helm
	hooks  Hooks
	path   string
	listen *net.UnixListener
	wg     sync.WaitGroup

	mu      sync.Mutex // guards what follows
	conns   map[int]*net.UnixConn
	told    map[int]bool // have heard of the outcome
	next    int
	outcome *Outcome
	moved   chan struct{} // has room for one: something changed
}

// Hooks are told what happens, from the goroutines of the screens; each may be
// nil.
type Hooks struct {
	Joined  func()                     // a screen was attached
	Trouble func(fault any, at []byte) // a screen was cut for a panic
}

// Serve opens the socket of a run in a folder that Dir has given.
func Serve(dir string, info Info, run snap.Steerer, helm *Helm, hooks Hooks) (*Server, error) {
	s := &Server{
		info: info, run: run, helm: helm, hooks: hooks, path: filepath.Join(dir, info.ID+ending),
		conns: map[int]*net.UnixConn{}, told: map[int]bool{}, next: Local, moved: make(chan struct{}, 1),
	}
	sweep(dir)
	var err error
	s.listen, err = net.ListenUnix("unix", &net.UnixAddr{Name: s.path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("socket for screens: %w", err)
	}
	if err := os.Chmod(s.path, 0o600); err != nil {
		_ = s.listen.Close()
		return nil, fmt.Errorf("socket for screens: %w", err)
	}
	s.wg.Go(s.accept)
	return s, nil
}

// sweep takes away the sockets of runs that are gone.
func sweep(dir string) {
	for _, id := range sockets(dir) {
		path := filepath.Join(dir, id+ending)
		c, err := net.DialTimeout("unix", path, answerTime)
		if err == nil {
			_ = c.Close()
		}
		bury(path, err)
	}
}

// settled is how old a socket that refuses must be to belong to a run that is
// gone: one that has just been made refuses too, until somebody listens on it.
const settled = 10 * time.Second

// bury takes a socket away if the error of a dial says that its run is gone.
func bury(path string, err error) {
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return
	}
	if st, err := os.Lstat(path); err == nil && time.Since(st.ModTime()) > settled {
		_ = os.Remove(path)
	}
}

func (s *Server) accept() {
	for {
		c, err := s.listen.AcceptUnix()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(100 * time.Millisecond) // out of files: it may pass
			continue
		}
		s.mu.Lock()
		welcome := len(s.conns) < maxScreens && sameUser(c)
		if welcome {
			s.next++
			id := s.next
			s.conns[id] = c
			s.wg.Go(func() { s.talk(id, c) })
		}
		s.mu.Unlock()
		if !welcome {
			_ = c.Close()
		}
	}
}

// talk answers one screen until it leaves.
func (s *Server) talk(id int, c *net.UnixConn) {
	out := bufio.NewWriter(c)
	v := &viewer{s: s, id: id}
	defer func() {
		if v := recover(); v != nil && s.hooks.Trouble != nil { // a screen's must never be the run's
			s.hooks.Trouble(v, debug.Stack())
		}
		_ = c.Close()
		s.helm.Drop(id)
		s.mu.Lock()
		delete(s.conns, id)
		delete(s.told, id)
		s.mu.Unlock()
		s.nudge()
	}()
	in, enc := gob.NewDecoder(bufio.NewReader(c)), gob.NewEncoder(out)
	for {
		var q ask
		if in.Decode(&q) != nil {
			return
		}
		a := v.answer(&q)
		if enc.Encode(a) != nil || out.Flush() != nil {
			return
		}
		if a.Outcome != nil {
			s.mu.Lock()
			s.told[id] = true
			s.mu.Unlock()
			s.nudge()
		}
	}
}

func (s *Server) nudge() {
	select {
	case s.moved <- struct{}{}:
	default:
	}
}

// viewer is one screen at the run's end. Its goroutine owns it.
type viewer struct {
	s      *Server
	id     int
	screen *Screen // nil before it joined
	last   *snap.Snapshot
}

func (v *viewer) answer(q *ask) *answer {
	s := v.s
	switch {
	case q.Word == wordList:
		info := s.about()
		return &answer{Info: &info}
	case q.Word == wordJoin && (q.Protocol != protocol || q.Version != s.info.Version):
		return &answer{Err: fmt.Sprintf("the run is one of tacho %s and this is %s: attach with the program that runs it", s.info.Version, q.Version)}
	case q.Word == wordJoin:
		v.join(q.Steer)
		a := v.look()
		info := s.about()
		a.Info = &info
		return a
	case v.screen == nil:
		return &answer{Err: "not joined"}
	case q.Word == wordLook:
		return v.look()
	}
	a := &answer{Steers: s.helm.holds(v.id)}
	if err := v.obey(q, a); err != nil {
		a.Err = err.Error()
	}
	return a
}

func (v *viewer) join(steer Steer) {
	s := v.s
	v.screen = &Screen{s.run, s.helm, v.id}
	if steer != SteerNever {
		s.helm.take(v.id, steer == SteerInsist)
	}
	if s.hooks.Joined != nil {
		s.hooks.Joined()
	}
}

// look is the newest picture, if the screen does not have it.
func (v *viewer) look() *answer {
	a := &answer{Steers: v.s.helm.holds(v.id)}
	v.s.mu.Lock()
	a.Outcome = v.s.outcome // before the picture, which is then the last
	v.s.mu.Unlock()
	if now := v.s.run.Latest(); now != nil && now != v.last {
		a.Picture = pack(now, v.last)
		v.last = now
	}
	return a
}

// obey does what a screen wants of the run.
func (v *viewer) obey(q *ask, a *answer) error {
	switch q.Word {
	case wordStop:
		return v.screen.steer(func() error { v.s.run.Stop(q.Text); return nil })
	case wordLoad:
		return v.screen.SetConcurrency(int(q.Number))
	case wordRate:
		return v.screen.SetRate(q.Number)
	case wordHold:
		return v.screen.Hold(q.On)
	case wordMark:
		return v.screen.Mark(q.Text)
	case wordSLO:
		return v.screen.SetSLO(q.Text, q.Number)
	case wordSeries:
		a.Points = v.screen.SeriesPoints(q.Server, q.Text, int(q.Number))
		return nil
	}
	return fmt.Errorf("word %d is not known", q.Word)
}

// about is what the run is now.
func (s *Server) about() Info {
	i := s.info
	if p := s.run.Latest(); p != nil {
		i.Load = p.Run.Load
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i.Screens = len(s.conns)
	return i
}

// Finish tells all screens how the program ends, at their next look.
func (s *Server) Finish(o Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcome = &o
}

// Close takes the socket away, lets the screens hear of the outcome if there is
// one, and hangs up on those that do not ask.
func (s *Server) Close() {
	_ = s.listen.Close() // removes the file
	limit := time.NewTimer(lastLook)
	defer limit.Stop()
	for waiting := true; waiting; {
		s.mu.Lock()
		waiting = s.outcome != nil && len(s.told) < len(s.conns)
		s.mu.Unlock()
		if waiting {
			select {
			case <-s.moved:
			case <-limit.C:
				waiting = false
			}
		}
	}
	s.mu.Lock()
	for _, c := range s.conns {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.wg.Wait()
}
