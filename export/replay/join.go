package replay

import (
	"cmp"
	"slices"
	"sync"

	"tacho/engine/record"
)

// join makes the columns of the parts, which it takes apart.
func (t *tape) join(parts []*part) {
	phases := t.joinPhases(parts)
	total := 0
	for _, p := range parts {
		p.rows = len(p.start)
		total += p.rows
	}
	order := t.order(parts, phases, total)
	t.start = column(parts, order, func(p *part) *[]int64 { return &p.start })
	t.end = column(parts, order, func(p *part) *[]int64 { return &p.end })
	t.offset = column(parts, order, func(p *part) *[]int64 { return &p.offset })
	t.size = column(parts, order, func(p *part) *[]uint32 { return &p.size })
	t.flags = column(parts, order, func(p *part) *[]uint8 { return &p.flags })
	t.late = column(parts, order, func(p *part) *[]float32 { return &p.late })
	t.vals = make([][]float32, len(t.tags))
	for i := range t.tags {
		t.vals[i] = column(parts, order, func(p *part) *[]float32 { return &p.vals[i] })
	}
	refs := make([][]gapRef, len(parts))
	for i, p := range parts {
		refs[i] = make([]gapRef, len(p.gapN))
		at := uint32(0)
		for j, n := range p.gapN {
			refs[i][j] = gapRef{uint32(i), at}
			at += n
		}
	}
	t.gapRef = permute(refs, order)
	t.gapN = column(parts, order, func(p *part) *[]uint32 { return &p.gapN })
	t.joinFailures(parts, order)
	for _, p := range parts {
		t.due, t.picked = append(t.due, p.due...), append(t.picked, p.picked...)
		for _, l := range p.damage.First {
			if l.Line += t.lines(parts, p); len(t.damage.First) < keepDamage {
				t.damage.First = append(t.damage.First, l)
			}
		}
		t.damage.Lines += p.damage.Lines
		t.damage.CutLast = t.damage.CutLast || p.damage.CutLast
	}
	slices.Sort(t.due)
	slices.Sort(t.picked)
	var wg sync.WaitGroup
	for i := range t.phases {
		wg.Go(func() { t.phases[i].sortStarts(t.start) })
	}
	wg.Wait()
}

// lines counts the lines before a part.
func (t *tape) lines(parts []*part, until *part) (n int64) {
	for _, p := range parts {
		if p == until {
			break
		}
		n += p.lines
	}
	return n
}

// joinPhases lists the phases in order and returns, for each part, the place in
// that list of each of its phases.
func (t *tape) joinPhases(parts []*part) [][]uint8 {
	var all part
	for _, p := range parts {
		for i := range p.phases {
			all.phaseOf(&p.phases[i])
		}
	}
	slices.SortStableFunc(all.phases, func(a, b record.Phase) int {
		return cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(warmFirst(a), warmFirst(b)))
	})
	for i := range all.phases {
		t.phases = append(t.phases, span{Phase: all.phases[i]})
	}
	out := make([][]uint8, len(parts))
	for i, p := range parts {
		for j := range p.phases {
			out[i] = append(out[i], all.phaseOf(&p.phases[j]))
		}
	}
	return out
}

// warmFirst orders the phases of files that do not number them.
func warmFirst(p record.Phase) int {
	if p.Kind == record.Warmup {
		return 0
	}
	return 1
}

// order is the requests, as numbered through the parts, by phase and end, and
// sets the bounds of the phases.
func (t *tape) order(parts []*part, phases [][]uint8, total int) []uint32 {
	ends := make([]int64, 0, total)
	phase := make([]uint8, 0, total)
	for i, p := range parts {
		ends = append(ends, p.end...)
		for _, ph := range p.phase {
			phase = append(phase, phases[i][ph])
		}
		p.phase = nil
	}
	order := make([]uint32, total)
	for i := range order {
		order[i] = uint32(i)
	}
	less := func(a, b uint32) int {
		if phase[a] != phase[b] {
			return cmp.Compare(phase[a], phase[b])
		}
		if ends[a] != ends[b] {
			return cmp.Compare(ends[a], ends[b])
		}
		return cmp.Compare(a, b)
	}
	if !slices.IsSortedFunc(order, less) {
		slices.SortFunc(order, less)
	}
	counts := make([]int, len(t.phases))
	for _, ph := range phase {
		counts[ph]++
	}
	at := 0
	for i, n := range counts {
		t.phases[i].lo, t.phases[i].hi = at, at+n
		at += n
	}
	return order
}

// column takes a column out of the parts and puts it in order.
func column[T any](parts []*part, order []uint32, of func(*part) *[]T) []T {
	lists := make([][]T, len(parts))
	for i, p := range parts {
		c := of(p)
		lists[i], *c = *c, nil
	}
	return permute(lists, order)
}

func permute[T any](lists [][]T, order []uint32) []T {
	all := slices.Concat(lists...)
	out := make([]T, len(order))
	for i, from := range order {
		out[i] = all[from]
	}
	return out
}

// maxCauses bounds the causes of failure that are kept apart; after that many
// the others are told by code and type alone.
const maxCauses = 1000

// joinFailures makes one list of failures and their causes.
func (t *tape) joinFailures(parts []*part, order []uint32) {
	index := map[failureKey]uint32{}
	why := make([]uint32, 0, len(order)) // by request, as numbered through the parts
	for _, p := range parts {
		ids := make([]uint32, len(p.causes))
		for i := range p.causes {
			ids[i] = t.causeOf(index, &p.causes[i])
		}
		from := len(why)
		why = why[:from+p.rows]
		for _, f := range p.failed {
			why[from+int(f.row)] = ids[f.cause]
		}
	}
	for i, from := range order {
		if t.flags[i]&rowFailed != 0 {
			t.failed = append(t.failed, uint32(i))
			t.cause = append(t.cause, why[from])
		}
	}
}

func (t *tape) causeOf(index map[failureKey]uint32, f *record.Failure) uint32 {
	key := failureKey{f.Code, f.Type, f.Message}
	i, ok := index[key]
	if !ok && len(t.causes) >= maxCauses {
		key.text = ""
		i, ok = index[key]
	}
	if !ok {
		i = uint32(len(t.causes))
		index[key] = i
		t.causes = append(t.causes, *f)
	}
	return i
}

// sortStarts lists the requests of the phase by start.
func (s *span) sortStarts(start []int64) {
	s.byStart = make([]uint32, s.hi-s.lo)
	for i := range s.byStart {
		s.byStart[i] = uint32(s.lo + i)
	}
	slices.SortFunc(s.byStart, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(start[a], start[b]), cmp.Compare(a, b))
	})
	s.starts = make([]int64, len(s.byStart))
	for i, row := range s.byStart {
		s.starts[i] = start[row]
	}
}
