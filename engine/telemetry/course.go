package telemetry

import (
	"slices"
	"time"

	"tacho/engine/snap"
)

// Course is what all GPUs and servers did over a phase, in steps of equal length
// that grow with it. The zero value is empty. What Window gives is never changed.
type Course struct {
	points []snap.SensorPoint
	width  time.Duration
	// open is the step under way, the number step.
	open snap.SensorMean
	step int64
	any  bool
}

// tracePoints is how many steps are kept; with more the steps double.
const tracePoints = 2048

// traceWidth is the length of a step at the beginning.
const traceWidth = 500 * time.Millisecond

// Add takes in a picture at a time since the start of the phase; what is before
// it is left out. Times must not go back.
func (t *Course) Add(s *State, at time.Duration) {
	if at < 0 {
		return
	}
	p, ok := together(s)
	if !ok {
		return
	}
	p.At = at
	t.put(p)
}

func (t *Course) put(p snap.SensorPoint) {
	if t.width == 0 {
		t.width = traceWidth
	}
	step := int64(p.At / t.width)
	if t.any && step != t.step {
		t.points = append(t.points, t.mean())
		t.open = snap.SensorMean{}
		if len(t.points) >= tracePoints {
			t.halve()
			step = int64(p.At / t.width)
		}
	}
	t.step, t.any = step, true
	t.open.Add(p)
}

// mean is the step under way as a point.
func (t *Course) mean() snap.SensorPoint {
	p := t.open.Point()
	p.At = time.Duration(t.step)*t.width + t.width/2
	return p
}

// halve joins each two steps, in a fresh array.
func (t *Course) halve() {
	old := t.points
	t.width *= 2
	t.points = make([]snap.SensorPoint, 0, tracePoints)
	for i := 0; i < len(old); {
		step := old[i].At / t.width
		var m snap.SensorMean
		for ; i < len(old) && old[i].At/t.width == step; i++ {
			m.Add(old[i])
		}
		p := m.Point()
		p.At = step*t.width + t.width/2
		t.points = append(t.points, p)
	}
}

// Window is the steps that are over, and their length.
func (t *Course) Window() ([]snap.SensorPoint, time.Duration) {
	return slices.Clip(t.points), t.width
}

// All is Window and the step under way.
func (t *Course) All() ([]snap.SensorPoint, time.Duration) {
	if !t.any {
		return t.Window()
	}
	return append(slices.Clip(t.points), t.mean()), t.width
}

// together is a picture as one point; false when nothing in it is current.
func together(s *State) (snap.SensorPoint, bool) {
	var none snap.SensorMean
	p := none.Point()
	var util snap.SensorMean
	ok := false
	for i := range s.GPUs {
		g := &s.GPUs[i]
		if g.Stale > 0 {
			continue
		}
		ok = true
		util.Add(snap.SensorPoint{GPUUtil: float32(g.Util)})
		plus(&p.GPUPower, g.Power)
		plus(&p.GPUMem, g.MemUsed)
		largestOf(&p.GPUTemp, g.Temp)
	}
	p.GPUUtil = util.Point().GPUUtil
	for i := range s.Servers {
		v := &s.Servers[i]
		if v.Stale > 0 {
			continue
		}
		ok = true
		plus(&p.Running, v.Running)
		plus(&p.Waiting, v.Waiting)
		plus(&p.GenTokSec, v.GenTokSec)
		largestOf(&p.KVUse, v.KVUse)
	}
	return p, ok
}

// plus adds a figure that may be absent.
func plus(to *float32, v float64) {
	switch {
	case v != v:
	case *to != *to:
		*to = float32(v)
	default:
		*to += float32(v)
	}
}

// largestOf keeps the larger of two figures that may be absent.
func largestOf(to *float32, v float64) {
	if v == v && !(float64(*to) >= v) {
		*to = float32(v)
	}
}
