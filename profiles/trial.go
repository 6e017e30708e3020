package profiles

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
)

// consistentSeed is the seed of several runs when nobody gave one, as AIPerf's.
const consistentSeed = 42

// Trial is the profile of one of several runs: repeat number trial, from 0, of
// a cell of p, which is nil without a sweep. It goes into dir.
func (p *Profile) Trial(c *Cell, trial int, dir string) *Profile {
	from, index, label := p, 0, "base"
	if c != nil {
		from, index, label = c.Profile, c.Index, c.Label
	}
	q := from.Clone()
	q.cells = nil
	if seed, ok := p.several(); ok {
		switch {
		case p.MultiRun.VarySeedPerTrial.V:
			seed = derivedSeed(seed, fmt.Sprintf("%s:trial:%d", label, trial))
		case !p.Sweep.SameSeed.V:
			seed += index
		}
		q.runSeed.Put(seed)
	}
	if trial > 0 && p.MultiRun.DisableWarmupAfterFirst.V {
		q.dropWarmup()
	}
	q.ownDir = false
	q.Artifacts.Dir.Put(dir)
	return q
}

// several is the seed that the seeds of several runs follow from.
func (p *Profile) several() (int, bool) {
	if seed, ok := p.Seed(); ok {
		return seed, true
	}
	return consistentSeed, p.MultiRun.SetConsistentSeed.V && p.Several()
}

// derivedSeed is the seed that AIPerf derives from another and a text.
func derivedSeed(seed int, text string) int {
	h := sha256.Sum256(fmt.Appendf(nil, "%d:variation:%s", seed, text))
	return int(binary.BigEndian.Uint64(h[:8]) & math.MaxInt64)
}
