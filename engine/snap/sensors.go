package snap

import (
	"math"
	"slices"
	"time"
)

// SensorPoint is what all GPUs and servers together did in one step of time;
// NaN is absent.
type SensorPoint struct {
	At time.Duration // of its middle, as Point.At
	// GPUUtil is the mean in percent, GPUPower and GPUMem are sums in W and
	// bytes, GPUTemp is that of the hottest in °C.
	GPUUtil, GPUPower, GPUMem, GPUTemp float32
	// Running and Waiting are sums of requests, KVUse is that of the fullest
	// server (0..1), GenTokSec a sum.
	Running, Waiting, KVUse, GenTokSec float32
}

// sensorFields are the figures of a point.
func (p *SensorPoint) sensorFields() [8]*float32 {
	return [...]*float32{&p.GPUUtil, &p.GPUPower, &p.GPUMem, &p.GPUTemp, &p.Running, &p.Waiting, &p.KVUse, &p.GenTokSec}
}

// SensorMean is the mean of points.
type SensorMean struct {
	sum [8]float64
	n   [8]int
	at  time.Duration
	all int
}

// Add takes a point in.
func (m *SensorMean) Add(p SensorPoint) {
	m.at += p.At
	m.all++
	for i, v := range p.sensorFields() {
		if *v == *v {
			m.sum[i] += float64(*v)
			m.n[i]++
		}
	}
}

// Point is the mean, all of it NaN without any point.
func (m *SensorMean) Point() SensorPoint {
	var p SensorPoint
	for i, v := range p.sensorFields() {
		*v = float32(math.NaN())
		if m.n[i] > 0 {
			*v = float32(m.sum[i] / float64(m.n[i]))
		}
	}
	if m.all > 0 {
		p.At = m.at / time.Duration(m.all)
	}
	return p
}

// Sensed is the mean of the points between two times, the nearest one when they
// lie between two; false when there is none near.
func Sensed(points []SensorPoint, width, from, to time.Duration) (SensorPoint, bool) {
	by := func(p SensorPoint, at time.Duration) int { return int(min(max(p.At-at, -1), 1)) }
	i, _ := slices.BinarySearchFunc(points, from, by)
	j, _ := slices.BinarySearchFunc(points, to, by)
	if i == j { // a short stretch lies in the step around it
		mid := (from + to) / 2
		for k := max(i-1, 0); k < min(i+1, len(points)); k++ {
			if d := points[k].At - mid; d <= width && d >= -width {
				return points[k], true
			}
		}
		var none SensorMean
		return none.Point(), false
	}
	var m SensorMean
	for _, p := range points[i:j] {
		m.Add(p)
	}
	return m.Point(), true
}

// Cost is what the work of a phase takes in energy and money so far, NaN where
// it is not known. Tokens are output tokens.
type Cost struct {
	// PerHour is the price of the machines, 0 when none was told.
	PerHour float64
	// PerMTok is the price of a million tokens, PerGoodMTok that of a million in
	// requests that met all objectives.
	PerMTok, PerGoodMTok float64
	// Joules is what the GPUs used, Watts what they draw now.
	Joules, Watts float64
	// JoulesPerTok and JoulesPerGoodTok are the energy of one token.
	JoulesPerTok, JoulesPerGoodTok float64
}
