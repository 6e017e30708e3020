package aggregate

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"

	"tacho/export"
	"tacho/profiles"
)

// CollatedJSON is the file over the requests of all repeats, which AIPerf writes
// where repeats end by convergence.
const CollatedJSON = "profile_export_aiperf_collated.json"

const collatedText = "Collated per-request metrics across all runs. Pools individual request-level values from every run into a single population and computes combined percentiles (p50, p90, p95, p99). " +
	"Contrast with profile_export_aiperf_aggregate.json, which computes statistics over run-level summary values."

// Collation is the requests of several runs taken together.
type Collation struct {
	Runs     []Run
	Cooldown float64 // between the runs, seconds
	// Open opens the records of a run that has numbers. A file that is not there is a run without
	// records.
	Open func(label string) (io.ReadCloser, error)
}

// heldValues bounds the values that are in memory at a time; the records are read again for the
// metrics that there was no room for.
const heldValues = 16 << 20

// EncodeJSON reads the records and prints profile_export_aiperf_collated.json.
func (c *Collation) EncodeJSON() ([]byte, error) {
	good := okRuns(c.Runs)
	labels := []any{}
	var tags []string
	requests := 0
	for _, r := range good {
		labels = append(labels, r.Label)
		err := c.each(r.Label, func(order func() []string, values map[string]json.RawMessage) {
			requests++
			for tag := range values {
				if !slices.Contains(tags, tag) {
					for _, t := range order() {
						if !slices.Contains(tags, t) {
							tags = append(tags, t)
						}
					}
					break
				}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	metrics := profiles.Object{}
	batch := max(1, heldValues/max(1, requests))
	for some := range slices.Chunk(tags, batch) {
		m, err := c.metrics(good, some)
		if err != nil {
			return nil, err
		}
		metrics = append(metrics, m...)
	}
	meta := append(counts("detailed", c.Runs), field("run_labels", labels), field("cooldown_seconds", c.Cooldown))
	return text(profiles.Object{
		field("schema_version", "1.0.0"), field("aiperf_version", export.AIPerfVersion), field("description", collatedText),
		field("metadata", meta), field("metrics", metrics),
	}), nil
}

// metrics are the statistics of some metrics.
func (c *Collation) metrics(good []*Run, tags []string) (profiles.Object, error) {
	values := map[string][]float64{}
	perRun := map[string][]any{}
	for _, r := range good {
		from := map[string]int{}
		for _, t := range tags {
			from[t] = len(values[t])
		}
		err := c.each(r.Label, func(_ func() []string, record map[string]json.RawMessage) {
			for _, t := range tags {
				if v, ok := oneNumber(record[t]); ok {
					values[t] = append(values[t], v)
				}
			}
		})
		if err != nil {
			return nil, err
		}
		for _, t := range tags {
			if own := values[t][from[t]:]; len(own) > 0 {
				perRun[t] = append(perRun[t], profiles.Object{field("label", r.Label), field("mean", pairSum(own)/float64(len(own))), field("count", len(own))})
			}
		}
	}
	out := profiles.Object{}
	for _, t := range tags {
		all := values[t]
		if len(all) == 0 {
			continue // lists, which AIPerf leaves out
		}
		n := float64(len(all))
		mean, std := pairSum(all)/n, 0.0
		if len(all) > 1 {
			squares := make([]float64, len(all))
			for i, v := range all {
				squares[i] = (v - mean) * (v - mean)
			}
			std = math.Sqrt(pairSum(squares) / (n - 1))
		}
		slices.Sort(all)
		out = append(out, field(t, profiles.Object{
			field("combined", profiles.Object{
				field("mean", mean), field("std", std), field("p50", percentile(all, 0.50)), field("p90", percentile(all, 0.90)),
				field("p95", percentile(all, 0.95)), field("p99", percentile(all, 0.99)), field("count", len(all)),
			}),
			field("per_run", perRun[t]),
		}))
	}
	return out, nil
}

// each visits the metrics of a run's measured requests that did not fail. order lists their tags as
// the file has them.
func (c *Collation) each(label string, visit func(order func() []string, values map[string]json.RawMessage)) error {
	f, err := c.Open(label)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("records of %s: %w", label, err)
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	for {
		line, err := r.ReadBytes('\n')
		var rec struct {
			Metadata struct {
				Phase string `json:"benchmark_phase"`
			} `json:"metadata"`
			Metrics json.RawMessage `json:"metrics"`
			Error   any             `json:"error"`
		}
		if len(bytes.TrimSpace(line)) > 0 && json.Unmarshal(line, &rec) == nil && rec.Metadata.Phase == profiles.KindProfiling && rec.Error == nil {
			var values map[string]json.RawMessage
			if json.Unmarshal(rec.Metrics, &values) == nil {
				visit(func() []string { return keysInOrder(rec.Metrics) }, values)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("records of %s: %w", label, err)
		}
	}
}

// keysInOrder are the keys of an object.
func keysInOrder(raw []byte) (keys []string) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil
	}
	for dec.More() {
		key, err := dec.Token()
		var skip json.RawMessage
		if err != nil || dec.Decode(&skip) != nil {
			break
		}
		keys = append(keys, key.(string))
	}
	return keys
}

// oneNumber is the value of a metric that has one.
func oneNumber(raw json.RawMessage) (v float64, ok bool) {
	var m struct {
		Value *float64 `json:"value"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &m) != nil || m.Value == nil {
		return 0, false
	}
	return *m.Value, true
}

// pairSum adds values in numpy's order, so that sums equal AIPerf's to the last bit: eight sums side
// by side in blocks of up to 128 values, halves of longer lists by themselves.
func pairSum(v []float64) float64 {
	n := len(v)
	if n < 8 {
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		return sum
	}
	if n > 128 {
		half := n / 2
		half -= half % 8
		return pairSum(v[:half]) + pairSum(v[half:])
	}
	var r [8]float64
	copy(r[:], v)
	i := 8
	for ; i < n-n%8; i += 8 {
		for j := range r {
			r[j] += v[i+j]
		}
	}
	sum := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
	for ; i < n; i++ {
		sum += v[i]
	}
	return sum
}

// percentile is numpy's, which goes from the nearer neighbour.
func percentile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	lo := min(int(at), len(sorted)-1)
	frac := at - float64(lo)
	a, b := sorted[lo], sorted[min(lo+1, len(sorted)-1)]
	if frac >= 0.5 {
		return b - (b-a)*(1-frac)
	}
	return a + (b-a)*frac
}
