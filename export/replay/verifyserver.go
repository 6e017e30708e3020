package replay

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"tacho/engine/record"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
)

// scrapeStores are the readings of the servers' pages that were streamed. A
// reading that equals the one before is in no line, so what depends on how many
// there were, means and rates, cannot be told from the lines. The other figures
// can, but for one thing: whether a phase had such a reading while lines of
// another phase were the last ones, at its begin and at its end. least has none
// of those, most has them all; what is true lies between.
type scrapeStores struct{ least, most *telemetry.ServerStore }

// lateNS is how long after the end of a phase a reading for it may come.
const lateNS = int64(3 * time.Second)

// unseen adds the readings of phases that may have been between two lines of a
// page, the second nil at the end.
func (v *verifier) unseen(to *telemetry.ServerStore, line, next *telemetry.Scrape) {
	add := func(p *record.Phase, at int64) {
		again := *line
		again.AtNS, again.Phase, again.Same = at, p, true
		to.Add(&again)
	}
	end := int64(math.MaxInt64)
	if next != nil {
		end = next.AtNS - 1
	}
	for i := range v.Run.Phases {
		p := &v.Run.Phases[i]
		if inOnePhase(line.Phase, &p.Phase) || end < p.StartNS || line.AtNS > p.EndNS+lateNS {
			continue
		}
		add(&p.Phase, min(end, max(line.AtNS+1, p.StartNS)))
	}
	if len(v.Run.Phases) == 0 && next != nil && next.Phase != nil && !inOnePhase(line.Phase, next.Phase) {
		add(next.Phase, end)
	}
}

// readScrapes reads the lines; nil when there are none, when the file is damaged,
// and when the run was too long to hold all of it.
func (v *verifier) readScrapes(known iter.Seq[*telemetry.ServerMetric]) (*scrapeStores, error) {
	f, err := v.open(export.ServerJSONL)
	if f == nil || err != nil {
		return nil, err
	}
	defer f.Close()
	s := &scrapeStores{telemetry.NewServerStore(), telemetry.NewServerStore()}
	decoder, last := aiperf.NewScrapeDecoder(known), map[string]*telemetry.Scrape{}
	lines := lineReader{r: bufio.NewReaderSize(f, 256<<10)}
	for v.ctx.Err() == nil {
		line, _, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return nil, err
		}
		if err == nil && isBlank(line) {
			continue
		}
		scrape, bad := decoder.Decode(line)
		if err != nil || bad != nil {
			return nil, nil
		}
		if before := last[scrape.URL]; before != nil {
			v.unseen(s.most, before, scrape)
		}
		last[scrape.URL] = scrape
		s.least.Add(scrape)
		s.most.Add(scrape)
	}
	for _, line := range last {
		v.unseen(s.most, line, nil)
	}
	if s.most.Thinned() > 0 {
		return nil, v.ctx.Err()
	}
	return s, v.ctx.Err()
}

func inOnePhase(a, b *record.Phase) bool { return a != nil && b != nil && *a == *b }

// serverSummaries compares the summaries of the servers' own metrics, of the run
// and of its phases, where their readings were streamed.
func (v *verifier) serverSummaries() error {
	name := v.Names.Of(export.ServerJSON)
	data, err := v.optional(name)
	if data == nil {
		return err
	}
	have, err := aiperf.DecodeServerJSON(data)
	if err != nil {
		return err
	}
	stores, err := v.readScrapes(have.Metrics)
	if stores == nil {
		return err
	}
	v.serverMetrics(name, have.Metrics, stores, telemetry.OfKind(record.Profiling))
	if have.Warmup != nil {
		v.serverMetrics(name+" warmup_metrics", have.Warmup, stores, telemetry.OfKind(record.Warmup))
	}
	for i := range v.Run.Phases {
		name := export.PhaseDir(v.Run.Phases[i].Name) + "/server_metrics.json"
		data, err := v.optional(name)
		if err != nil {
			return err
		}
		if data == nil {
			continue
		}
		p, have, _, err := aiperf.DecodePhaseServer(data)
		if err != nil {
			return err
		}
		if have == nil || have.Pages == nil {
			continue
		}
		all := func(yield func(*telemetry.ServerMetric) bool) {
			for page := range have.Pages {
				for m := range page.Metrics {
					for i := range m.Series {
						m.Series[i].URL = page.URL
					}
					if !yield(m) {
						return
					}
				}
			}
		}
		v.serverMetrics(name, all, stores, telemetry.OfPhase(p.Index))
	}
	return nil
}

// serverMetrics compares the series of a file with those that the lines give for
// some phases.
func (v *verifier) serverMetrics(file string, have iter.Seq[*telemetry.ServerMetric], stores *scrapeStores, sel telemetry.Selector) {
	if stores.least.FirstInPhaseNS(sel) == 0 {
		return // the pages stood still all the time
	}
	c := v.compare(file, false)
	least, most := seriesByKey(stores.least.Metrics(sel, 0)), seriesByKey(stores.most.Metrics(sel, 0))
	seen := map[string]bool{}
	for m := range have {
		if strings.HasSuffix(m.Name, "_info") {
			continue // in no line
		}
		for i := range m.Series {
			h := &m.Series[i]
			key := serverKey(m.Name, h)
			seen[key] = true
			w := most[key]
			if w == nil {
				c.report.Checked++
				c.differ(key, "", "present", "absent")
				continue
			}
			if l := least[key]; l != nil {
				c.series(key, h, l, w)
			} else {
				c.series(key, h, w, w)
			}
		}
	}
	for m := range stores.least.Metrics(sel, 0) {
		for i := range m.Series {
			if key := serverKey(m.Name, &m.Series[i]); !seen[key] {
				c.report.Checked++
				c.differ(key, "", "absent", "present")
			}
		}
	}
}

// bucketOf is by how much a bucket grew; NaN without it.
func bucketOf(s *telemetry.SeriesStats, bound string) float64 {
	for _, b := range s.Buckets {
		if b.Bound == bound {
			return float64(b.Count)
		}
	}
	return math.NaN()
}

func seriesByKey(metrics iter.Seq[*telemetry.ServerMetric]) map[string]*telemetry.SeriesStats {
	out := map[string]*telemetry.SeriesStats{}
	for m := range metrics {
		for i := range m.Series {
			out[serverKey(m.Name, &m.Series[i])] = &m.Series[i]
		}
	}
	return out
}

// serverKey is a series as a page writes it, with the page.
func serverKey(name string, s *telemetry.SeriesStats) string {
	var b strings.Builder
	b.WriteString(telemetry.SourceName(s.URL) + " " + name)
	for i, l := range s.Labels {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(l.Name + "=" + strconv.Quote(l.Value))
	}
	if len(s.Labels) > 0 {
		b.WriteByte('}')
	}
	return b.String()
}

// series compares what the lines tell of a series: the ends of a gauge, the growth
// of a counter, and that of a histogram.
func (c *comparison) series(key string, have, least, most *telemetry.SeriesStats) {
	check := func(name string, h, l, m float64) {
		if math.IsNaN(h) && (math.IsNaN(l) || math.IsNaN(m)) {
			return
		}
		c.report.Checked++
		if !c.near(h, l) && !c.near(h, m) && !(h > min(l, m) && h < max(l, m)) {
			c.differ(key, name, number(h), number(l))
		}
	}
	h, l, m := &have.Stats, &least.Stats, &most.Stats
	switch have.Kind {
	case telemetry.Counter:
		check("total", h.Total, l.Total, m.Total)
	case telemetry.Histogram:
		check("count", float64(h.Count), float64(l.Count), float64(m.Count))
		check("sum", h.Sum, l.Sum, m.Sum)
		for _, b := range have.Buckets { // the files of phases have them in the order of their names
			l, m := bucketOf(least, b.Bound), bucketOf(most, b.Bound)
			check("bucket "+b.Bound, float64(b.Count), l, m)
		}
	default:
		check("min", h.Min, l.Min, m.Min)
		check("max", h.Max, l.Max, m.Max)
	}
}
