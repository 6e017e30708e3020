package dataset

import "context"

// TraceAnalysis is what a trace says of its load and of what a prefix cache
// without limit could save. The lists have one value per row, but for HitRates,
// which has one per row with blocks.
type TraceAnalysis struct {
	Requests int
	// Prefixes is how many different beginnings the rows have, counted in
	// blocks; Groups is how many first blocks two rows or more share.
	Prefixes, Groups int
	// Reuse is the share (0..1) of all beginnings that come more than once.
	Reuse float64
	// Input and Output are tokens. Context is the part of an input whose blocks
	// stand at the same place in another row, Own the rest.
	Input, Output, Context, Own []float64
	// HitRates are the shares (0..1) of a row's blocks, from its first on, that
	// earlier rows had.
	HitRates []float64
}

// AnalyzeTrace reads a mooncake trace. Blocks have blockSize tokens; 0 is the
// usual size. It stops at the first row that is wrong.
func AnalyzeTrace(ctx context.Context, path string, blockSize int) (*TraceAnalysis, error) {
	a := &TraceAnalysis{}
	type spot struct {
		at int
		id int64
	}
	spots := map[spot]bool{} // true: more than one row has it
	tree := prefixTree{next: map[branch]int{}}
	seen := map[int64]bool{}
	var hits, total int
	_, problems := ScanTrace(ctx, path, blockSize, 1, func(r TraceRow) {
		a.Requests++
		a.Input, a.Output = append(a.Input, float64(r.Input)), append(a.Output, float64(r.Output))
		if len(r.Hashes) == 0 {
			return
		}
		tree.add(r.Hashes)
		known := 0
		for at, id := range r.Hashes {
			if known == at && seen[id] {
				known++
			}
			_, twice := spots[spot{at, id}]
			spots[spot{at, id}] = twice
		}
		for _, id := range r.Hashes {
			seen[id] = true
		}
		a.HitRates = append(a.HitRates, float64(known)/float64(len(r.Hashes)))
	})
	if len(problems) > 0 {
		return nil, problems[0]
	}
	a.Prefixes = len(tree.count)
	for node, n := range tree.count {
		total += n
		if n > 1 {
			hits += n
			if tree.first[node] {
				a.Groups++
			}
		}
	}
	if total > 0 {
		a.Reuse = float64(hits) / float64(total)
	}
	// Which blocks are shared is known only now: the rows are read once more.
	size := blockSize
	if size == 0 {
		size = formats[Mooncake].block
	}
	_, problems = ScanTrace(ctx, path, blockSize, 1, func(r TraceRow) {
		shared := 0
		for at, id := range r.Hashes {
			if spots[spot{at, id}] {
				shared++
			}
		}
		context := shared * size
		if shared > 0 && shared == len(r.Hashes) {
			context = r.Input
		}
		a.Context, a.Own = append(a.Context, float64(context)), append(a.Own, float64(r.Input-context))
	})
	if len(problems) > 0 {
		return nil, problems[0]
	}
	return a, nil
}

// prefixTree counts the beginnings of lists of blocks: each is a node.
type prefixTree struct {
	next  map[branch]int
	count []int  // rows that have it, by node
	first []bool // it is a single block
}

type branch struct {
	parent int // 0 is the root; node n is n+1
	id     int64
}

func (t *prefixTree) add(ids []int64) {
	at := 0
	for i, id := range ids {
		n, ok := t.next[branch{at, id}]
		if !ok {
			n = len(t.count)
			t.next[branch{at, id}] = n
			t.count, t.first = append(t.count, 0), append(t.first, i == 0)
		}
		t.count[n]++
		at = n + 1
	}
}
