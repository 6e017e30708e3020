package replay

import (
	"cmp"
	"math"
	"slices"
	"time"

	"tacho/engine/record"
	"tacho/profiles"
)

// layout makes a track of each phase of the tape, in order of time. They overlap
// while the last answers of one come in.
func (d *Dir) layout(t *tape, m *meter) []*track {
	p := d.profile()
	var tracks []*track
	for i := range t.phases {
		s := &t.phases[i]
		if s.lo == s.hi {
			continue
		}
		k := &track{span: s, m: m, plan: planOf(p, s.Phase), sliceWidth: time.Duration(d.Config.SliceNS)}
		start, end := d.windowOf(s.Phase, p)
		first, last := s.starts[0], t.end[s.hi-1]
		// A window that is not about these requests is no use.
		const far = int64(24 * time.Hour)
		if start == 0 || start > first || first-start > far {
			start = first
		}
		if end < last || end-last > far {
			end = last
		}
		k.origin, k.length = start, time.Duration(end-start)
		tracks = append(tracks, k)
	}
	slices.SortStableFunc(tracks, func(a, b *track) int { return cmp.Compare(a.origin, b.origin) })
	for _, k := range tracks {
		k.offset = time.Duration(k.origin - tracks[0].origin)
	}
	return tracks
}

// windowOf is when a phase began and ended, Unix ns; 0 is not known.
func (d *Dir) windowOf(ph record.Phase, p *profiles.Profile) (start, end int64) {
	if d.Run != nil {
		for i := range d.Run.Phases {
			if r := &d.Run.Phases[i]; samePhase(&r.Phase, &ph) {
				return r.StartNS, r.EndNS
			}
		}
	}
	profiling := 1
	if p != nil {
		profiling = 0
		for i := range p.Phases {
			if p.Phases[i].Kind.V != profiles.KindWarmup {
				profiling++
			}
		}
	}
	if ph.Kind == record.Warmup || profiling > 1 {
		return 0, 0
	}
	start, end, _ = d.Window()
	return start, end
}

// progress says how far a phase is, by whichever of its limits ends first.
func (p plan) progress(elapsed time.Duration, done int64) (share float64, eta time.Duration) {
	share, eta = math.NaN(), -1
	if p.target > 0 && done > 0 {
		share = min(float64(done)/float64(p.target), 1)
		eta = time.Duration(float64(elapsed) * (1 - share) / share)
	}
	if p.planned > 0 {
		left := max(p.planned-elapsed, 0)
		if eta < 0 || left < eta {
			eta = left
			share = min(float64(elapsed)/float64(p.planned), 1)
		}
	}
	return share, eta
}
