package app

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/search"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/profiles"
)

// aim is what a load must hold: a share of its requests within some limits.
type aim struct {
	slos  []metric.SLO
	defs  []*metric.Def
	share float64 // 0..1
	text  string
}

// met reports whether a request is within the limits. A failed one, and one that
// lacks a metric, is not.
func (a *aim) met(row *metric.Row) bool {
	if row.Err != nil {
		return false
	}
	for i, s := range a.slos {
		d := a.defs[i]
		if int(d.ID) >= len(row.Vals) || !s.Met(d, row.Vals[d.ID]) {
			return false
		}
	}
	return true
}

// patience is how long a request may go without its first content and as a
// whole until its limits are lost; 0 is no such limit.
func (a *aim) patience() (first, whole time.Duration) {
	for _, s := range a.slos {
		limit := time.Duration(s.Limit * float64(time.Millisecond))
		switch s.Tag {
		case metric.TTFT:
			first = limit
		case metric.RequestLatency:
			whole = limit
		}
	}
	return first, whole
}

var sloForm = regexp.MustCompile(`^([a-z0-9_]+):p([0-9.]+)\s*(<=?|>=?)\s*([0-9.]+)$`)

// readSLO reads time_to_first_token:p95<300: 95 % of the requests below 300.
func readSLO(text string) (aim, error) {
	m := sloForm.FindStringSubmatch(strings.ReplaceAll(text, " ", ""))
	if m == nil {
		return aim{}, errors.New("must be METRIC:pNN<LIMIT, as in time_to_first_token:p95<300")
	}
	reg := metric.Builtin()
	d, ok := reg.Lookup(metric.Tag(m[1]))
	if !ok || !d.PerRequest() {
		why := m[1] + " is not a metric that each request has"
		if near := reg.Nearest(m[1]); near != "" {
			why += "; did you mean " + string(near) + "?"
		}
		return aim{}, errors.New(why)
	}
	p, errP := strconv.ParseFloat(m[2], 64)
	limit, errL := strconv.ParseFloat(m[4], 64)
	if errP != nil || errL != nil || p <= 0 || p >= 100 {
		return aim{}, errors.New("the percentile must be between 0 and 100, and the limit a number")
	}
	if (m[3][0] == '>') != d.Has(metric.LargerIsBetter) {
		return aim{}, fmt.Errorf("%s is better when it is %s", d.Tag, map[bool]string{true: "larger: use >", false: "smaller: use <"}[d.Has(metric.LargerIsBetter)])
	}
	share := p / 100
	if m[3][0] == '>' { // p5 > 20: 95 % of the requests above
		share = 1 - share
	}
	return aim{slos: []metric.SLO{{Tag: d.Tag, Limit: limit}}, defs: []*metric.Def{d}, share: share, text: text}, nil
}

// goodputAim is --goodput as an aim.
func goodputAim(slos profiles.SLOs, share float64) aim {
	a := aim{share: share, text: fmt.Sprintf("%g %% good by %s", 100*share, slos.String())}
	reg := metric.Builtin()
	for _, s := range slos {
		if d, ok := reg.Lookup(metric.Tag(s.Tag)); ok { // checked with the options
			a.slos, a.defs = append(a.slos, metric.SLO{Tag: d.Tag, Limit: s.Limit}), append(a.defs, d)
		}
	}
	return a
}

// judge counts the requests of a probe that meet each aim, as they end.
type judge struct {
	aims []aim

	mu   sync.Mutex
	good []int64 // by aim
	all  int64
	seen *measured
}

func newJudge(aims []aim) *judge {
	return &judge{aims: aims, good: make([]int64, len(aims)), seen: newMeasured(aims)}
}

// WriteRow counts a request of a measured phase.
func (j *judge) WriteRow(row *metric.Row, _ *record.Raw) {
	if row.Phase.Kind != record.Profiling {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.all++
	j.seen.add(row)
	for i := range j.aims {
		if j.aims[i].met(row) {
			j.good[i]++
		}
	}
}

// Flush, Close and Status make the judge a sink without a file.
func (j *judge) Flush()                    {}
func (j *judge) Close() error              { return nil }
func (j *judge) Status() export.SinkStatus { return export.SinkStatus{} }

// fewest is how many requests must have told something before a probe may be
// dropped.
const fewest = 20

// hopeless says why a probe cannot hold any more: more requests are bad than may
// be in all of it, even if every one to come were good. Requests in flight that
// have lost a limit already are bad, those with their first content are not.
// done is how much of the probe is over, 0..1. Empty while there is hope.
func (j *judge) hopeless(done float64, late func(first, whole time.Duration) (int64, int64)) string {
	if !(done > 0) {
		return ""
	}
	j.mu.Lock()
	all, good := j.all, append([]int64(nil), j.good...)
	j.mu.Unlock()
	for i := range j.aims {
		a := &j.aims[i]
		lost, started := late(a.patience())
		bad := all - good[i] + lost
		seen := good[i] + bad + started
		if seen < fewest {
			continue
		}
		expected := float64(seen) / min(done, 1)
		if allowed := (1 - a.share) * expected; float64(bad) > allowed+1 {
			why := fmt.Sprintf("%d requests are bad by %s after %.0f %% of the probe, %.0f may be in all of it", bad, a.text, 100*done, allowed)
			if lost > 0 {
				why += fmt.Sprintf("; %d of them wait still", lost)
			}
			return why
		}
	}
	return ""
}

// verdict is the probe as the search wants it: by the aim that is furthest from
// being held. lost are requests cut in flight that had lost a limit, by aim.
func (j *judge) verdict(x float64, lost []int64) (search.Probe, *aim) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var worst search.Probe
	var by *aim
	least := 2.0
	for i := range j.aims {
		p := search.Probe{X: x, Good: j.good[i], Bad: j.all - j.good[i] + lost[i], Share: j.aims[i].share}
		room := -1.0 // no request tells anything
		if n := p.Good + p.Bad; n > 0 {
			room = (float64(p.Good)/float64(n) - p.Share) / (1 - p.Share + 1e-9)
		}
		if room < least {
			least, worst, by = room, p, &j.aims[i]
		}
	}
	return worst, by
}

// values are those that the limits are about, so far.
func (j *judge) values() []export.Float {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.seen.values()
}

// measuring reports whether a snapshot is of a measured phase.
func measuring(s *snap.Snapshot) bool {
	return s != nil && s.Phase.Kind == profiles.KindProfiling && (s.State == snap.Running || s.State == snap.Draining)
}
