package simserver

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Stage says when a fault acts.
type Stage string

// The three stages.
const (
	// StageConnection faults act before anything is read. Chosen by a model
	// name they act once the request has been read.
	StageConnection Stage = "connection"
	// StageResponse faults take the place of the answer.
	StageResponse Stage = "response"
	// StageStream faults spoil the answer itself. Those that only make sense
	// for an event stream leave other answers alone.
	StageStream Stage = "stream"
)

// Fault is one way in which the server can misbehave.
type Fault struct {
	Name, Doc string
	Stage     Stage
	// Harmless faults are unusual but legal: a client must read the answer as
	// if nothing were wrong.
	Harmless bool

	conn     func(*Server, *wire)
	answer   func(*exchange)
	stream   func(*exchange, *stream) // edits a streamed answer
	whole    func(*exchange, *stream) // edits an answer in one piece
	slowHead bool
	noObject bool
}

// FaultRule says how often a fault happens. Every and At count inference
// requests (for connection faults: connections) from 1.
type FaultRule struct {
	Name    string
	Percent float64 // chosen by the seed
	Every   int     // every n-th, 0: none
	At      []int   // these
}

func (r FaultRule) fires(seed uint64, rule, index int, salt uint64) bool {
	if r.Every > 0 && index%r.Every == 0 {
		return true
	}
	for _, i := range r.At {
		if i == index {
			return true
		}
	}
	return unit(seed, uint64(rule), uint64(index), salt)*100 < r.Percent
}

// ParseFault reads a rule of the form NAME=PERCENT; NAME alone means always.
func ParseFault(s string) (FaultRule, error) {
	name, pct, given := strings.Cut(s, "=")
	r := FaultRule{Name: name, Percent: 100}
	if given {
		v, err := strconv.ParseFloat(strings.TrimSuffix(pct, "%"), 64)
		if err != nil || !(v >= 0 && v <= 100) {
			return FaultRule{}, fmt.Errorf("fault %s: %q is not a percentage from 0 to 100", name, pct)
		}
		r.Percent = v
	}
	if faultNamed(name) == nil {
		return FaultRule{}, fmt.Errorf("fault %q: no such fault", name)
	}
	return r, nil
}

// Faults returns the table of all faults.
func Faults() []Fault { return append([]Fault(nil), faults...) }

func faultNamed(name string) *Fault {
	for i := range faults {
		if faults[i].Name == name {
			return &faults[i]
		}
	}
	return nil
}

// pickConnFault returns the fault of the next connection, or nil.
func (s *Server) pickConnFault() *Fault {
	index := int(s.accepted.Add(1))
	for i, r := range s.cfg.Faults {
		if f := faultNamed(r.Name); f.conn != nil && r.fires(s.cfg.Seed, i, index, saltConn) {
			return f
		}
	}
	return nil
}

// pickFault returns the fault of an inference request, or nil. The model's
// name comes first: "anything-fault-NAME", or the scripts "faulty" and
// "errkinds".
func (s *Server) pickFault(index int, model string) *Fault {
	if _, name, ok := strings.Cut(model, "fault-"); ok {
		f := faultNamed(name)
		if f != nil && f.conn != nil {
			late := *f
			late.answer = func(x *exchange) { f.conn(x.srv, x.wire); x.closing = true }
			return &late
		}
		return f
	}
	if name, scripted := s.scripts.next(model); scripted {
		return faultNamed(name)
	}
	for i, r := range s.cfg.Faults {
		if f := faultNamed(r.Name); f.conn == nil && r.fires(s.cfg.Seed, i, index, saltFault) {
			return f
		}
	}
	return nil
}

// faultScripts counts the requests of the two scripted model names, which
// misbehave in a fixed order so that a run with one request at a time can be
// compared with another.
type faultScripts struct {
	mu sync.Mutex
	n  int
}

func (f *faultScripts) next(model string) (name string, scripted bool) {
	faulty, kinds := strings.Contains(model, "faulty"), strings.Contains(model, "errkinds")
	if !faulty && !kinds {
		return "", false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	if faulty {
		return map[int]string{3: "http-500", 5: "cut", 7: "hang", 9: "error-mid"}[f.n%10], true
	}
	return map[int]string{2: "error-event", 3: "role-only", 4: "bad-json", 0: "json-error-200"}[f.n%5], true
}
