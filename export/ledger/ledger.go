// Package ledger finds the artifact directories of past runs, ours and AIPerf's,
// and says in a few figures how each went.
package ledger

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Entry is one run. Times are ms; NaN and -1 are not known.
type Entry struct {
	Dir                                     string
	When                                    time.Time
	Length                                  time.Duration
	Tag, Model, Endpoint, URL               string
	Load                                    string
	TTFT50, TTFT99, ITL50, ITL99, Latency50 float64
	ReqSec, TokSec                          float64
	GoodShare                               float64 // 0..1
	Requests, Errors                        int64
	// Outcome is "complete", "cancelled", "failed", "no summary" or "empty".
	Outcome string
	// Verdict is the outcome if it is not complete, else the client's WARN or
	// SATURATED, else PASS or FAIL of a run with objectives (see PassShare);
	// empty when there is nothing to say. Reason says why.
	Verdict, Reason string
	// Trend is the TTFT over the run, or the latency of requests that do not
	// stream: medians of samples of the records, oldest first; nil without them.
	Trend     []float64
	Origin    string // "tacho 0.1.0", "AIPerf 0.13.0"
	Command   string
	Simulated bool
}

// PassShare is the share of requests within all objectives from which a run has
// passed.
const PassShare = 0.95

// How deep below a root directories are looked into, and how many at most.
const (
	maxDepth = 5
	maxDirs  = 100_000
)

// Scan reads the runs below the roots, newest first. What it read of a directory
// is kept in the user's cache folder until a file of it changes. unreadable are
// the directories of runs that cannot be read. It ends early, with what was
// found, when ctx does.
func Scan(ctx context.Context, roots ...string) (runs []Entry, unreadable []string) {
	return scan(ctx, openCache(cacheFile()), roots)
}

func scan(ctx context.Context, c *cache, roots []string) (runs []Entry, unreadable []string) {
	seen := map[string]bool{}
	var level []string
	enqueue := func(next []string, dir string) []string {
		if abs, err := filepath.Abs(dir); err == nil && !seen[abs] && len(seen) < maxDirs {
			seen[abs] = true
			next = append(next, abs)
		}
		return next
	}
	for _, r := range roots {
		level = enqueue(level, r)
	}
	for depth := 0; len(level) > 0 && ctx.Err() == nil; depth++ {
		var next []string
		for _, l := range look(ctx, c, level) {
			switch {
			case l.err != nil:
				unreadable = append(unreadable, l.dir)
			case l.found:
				runs = append(runs, l.entry)
			}
			if depth < maxDepth {
				for _, d := range l.below {
					next = enqueue(next, d)
				}
			}
		}
		level = next
	}
	c.close()
	slices.SortStableFunc(runs, func(a, b Entry) int { return cmp.Or(b.When.Compare(a.When), cmp.Compare(a.Dir, b.Dir)) })
	return runs, unreadable
}

// looked is what a directory holds.
type looked struct {
	entry Entry
	found bool
	dir   string
	err   error    // of a run that cannot be read
	below []string // directories to look into
}

// look looks into directories, several at a time, and returns what they hold in
// the same order.
func look(ctx context.Context, c *cache, dirs []string) []looked {
	out := make([]looked, len(dirs))
	var (
		wg   sync.WaitGroup
		next atomic.Int64
	)
	for range min(2*runtime.GOMAXPROCS(0), len(dirs)) { // they wait for the disk, too
		wg.Go(func() {
			r := newReader()
			for i := int(next.Add(1)) - 1; i < len(dirs) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				out[i] = r.look(c, dirs[i])
			}
		})
	}
	wg.Wait()
	return out
}

// look reads a directory, or what the cache knows of it.
func (r *reader) look(c *cache, dir string) (l looked) {
	l.dir = dir
	list, err := os.ReadDir(dir)
	if err != nil {
		return l // not ours to read, most likely
	}
	for _, e := range list {
		// Phases and logs belong to the run, whose own files are here.
		if name := e.Name(); e.IsDir() && !strings.HasPrefix(name, ".") && name != "phases" && name != "logs" && name != "node_modules" {
			l.below = append(l.below, filepath.Join(dir, name))
		}
	}
	names, ok := runIn(list)
	if !ok {
		return l
	}
	sign := signature(list, names)
	if e, ok := c.get(dir, sign); ok {
		l.entry, l.found = e, true
		return l
	}
	l.entry, l.err = r.read(dir, names)
	if l.found = l.err == nil; l.found {
		c.put(dir, sign, l.entry)
	}
	return l
}

// Find returns the runs that a person calls by a name: those with that tag, or
// those whose folder is called so. The order is that of runs.
func Find(runs []Entry, name string) []Entry {
	var tagged, called []Entry
	for _, r := range runs {
		if r.Tag == name {
			tagged = append(tagged, r)
		}
		if filepath.Base(r.Dir) == name {
			called = append(called, r)
		}
	}
	if name != "" && len(tagged) > 0 {
		return tagged
	}
	return called
}
