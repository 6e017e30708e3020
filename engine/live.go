package engine

import (
	"tacho/engine/metric"
	"tacho/engine/snap"
)

type live struct{ startNS int64 }

func newLive(p *Plan, start int64) *live                  { return &live{start} }
func (l *live) add(*metric.Row)                           {}
func (l *live) tick(now, tokens int64, ph *phase)         {}
func (l *live) draw(s *snap.Snapshot)                     {}
