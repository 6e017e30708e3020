package telemetry

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxSeries bounds the series that are read from one page, in lines.
const maxSeries = 50_000

// pageScan is what the parser of the text format does not tell: the order of
// the metrics, how the bounds of the buckets are written, which types were
// declared. It also takes out what that parser would refuse though others do
// not: a HELP or TYPE that is there twice.
type pageScan struct {
	// order is the first line of each name, with _bucket and the like in it.
	order map[string]int
	// types are those declared, by the name on the TYPE line.
	types map[string]string
	// bounds finds the text of a bound by histogram and value.
	bounds map[boundKey]string
	// lines counts series, dropped those beyond maxSeries.
	lines, dropped int
	// text is the page to parse; cut is the length of the page that it covers.
	text []byte
	cut  int
}

type boundKey struct {
	name string // of the histogram
	bits uint64 // of the bound
}

// scanPage looks through a page once. openMetrics says that it is of the newer
// format, of which exemplars and times are taken out.
func scanPage(text []byte, limit int, openMetrics bool) *pageScan {
	p := &pageScan{order: map[string]int{}, types: map[string]string{}, bounds: map[boundKey]string{}, cut: len(text)}
	helped, sampled := map[string]bool{}, map[string]bool{}
	var out []byte // the text so far, once it differs
	copied := 0    // of text, up to here, in out
	drop := func(from, to int) {
		out = append(out, text[copied:from]...)
		copied = to
	}
	for pos, n := 0, 0; pos < len(text); n++ {
		end := bytes.IndexByte(text[pos:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += pos + 1
		}
		line := bytes.TrimSpace(text[pos:end])
		switch {
		case len(line) == 0:
		case line[0] == '#':
			word, name, rest := comment(line)
			twice := false
			switch word {
			case "TYPE":
				// After the samples a type comes too late for everyone.
				if _, twice = p.types[name]; sampled[name] {
					twice = true
				}
				if !twice {
					p.types[name] = rest
				}
			case "HELP":
				twice = helped[name]
				helped[name] = true
			}
			if twice {
				drop(pos, end)
			} else if name != "" {
				p.see(name, n)
			}
		default:
			if p.lines == limit {
				cut := p.seriesStart(text, pos, line)
				q := scanPage(text[:cut], limit, openMetrics)
				q.dropped = countSamples(text[cut:])
				return q
			}
			p.lines++
			name, labels := sampleName(line)
			if !sampled[string(name)] {
				sampled[string(name)] = true
				p.see(string(name), n)
			}
			if h, ok := bytes.CutSuffix(name, []byte("_bucket")); ok {
				p.bound(string(h), labels)
			}
			if openMetrics {
				if from, to := extras(text, pos, end); from < to {
					drop(from, to)
				}
			}
		}
		pos = end
	}
	p.text = text
	if copied > 0 {
		p.text = append(out, text[copied:]...)
	}
	return p
}

// seriesStart is where the series begins that the line at pos belongs to: a
// histogram cut in two would be worse than none.
func (p *pageScan) seriesStart(text []byte, pos int, line []byte) int {
	labels, ok := p.histogramLine(line)
	for ok && pos > 0 {
		start := bytes.LastIndexByte(text[:pos-1], '\n') + 1
		before, same := p.histogramLine(bytes.TrimSpace(text[start:pos]))
		if !same || !slices.Equal(before, labels) {
			break
		}
		pos = start
	}
	return pos
}

// histogramLine returns the labels of a line that is a part of a histogram.
func (p *pageScan) histogramLine(line []byte) (labels []Label, ok bool) {
	if len(line) == 0 || line[0] == '#' {
		return nil, false
	}
	name, rest := sampleName(line)
	for _, end := range []string{"_bucket", "_sum", "_count"} {
		if base, has := strings.CutSuffix(string(name), end); has && p.types[base] == "histogram" {
			labels, _, _, ok = lineLabels(rest)
			return append(labels, Label{Value: base}), ok
		}
	}
	return nil, false
}

func (p *pageScan) see(name string, line int) {
	if _, ok := p.order[name]; !ok {
		p.order[name] = line
	}
}

// comment splits "# TYPE name counter".
func comment(line []byte) (word, name, rest string) {
	f := strings.Fields(string(line[1:]))
	if len(f) < 2 || f[0] != "TYPE" && f[0] != "HELP" {
		return "", "", ""
	}
	if f[0] == "HELP" {
		return f[0], strings.Trim(f[1], `"`), ""
	}
	if len(f) > 2 {
		rest = f[2]
	}
	return f[0], strings.Trim(f[1], `"`), rest
}

// sampleName splits a line of a value into name and what follows it.
func sampleName(line []byte) (name, rest []byte) {
	if line[0] == '{' { // {"a name", label="x"} 1
		if q := bytes.IndexByte(line[1:], '"'); q >= 0 {
			if e := bytes.IndexByte(line[q+2:], '"'); e >= 0 {
				return line[q+2 : q+2+e], line[q+2+e+1:]
			}
		}
		return line[:1], line[1:]
	}
	i := bytes.IndexAny(line, "{ \t")
	if i < 0 {
		return line, nil
	}
	return line[:i], line[i:]
}

// bound notes how the bound of a bucket is written.
func (p *pageScan) bound(histogram string, labels []byte) {
	i := bytes.Index(labels, []byte(`le="`))
	if i < 0 {
		return
	}
	text := labels[i+len(`le="`):]
	e := bytes.IndexByte(text, '"')
	if e < 0 {
		return
	}
	v, err := strconv.ParseFloat(string(text[:e]), 64)
	if err != nil {
		return
	}
	key := boundKey{histogram, math.Float64bits(v)}
	if _, ok := p.bounds[key]; !ok {
		p.bounds[key] = string(text[:e])
	}
}

// boundText is the bound as the page writes it.
func (p *pageScan) boundText(histogram string, v float64) string {
	if t, ok := p.bounds[boundKey{histogram, math.Float64bits(v)}]; ok {
		return t
	}
	if math.IsInf(v, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// countSamples counts the lines of values.
func countSamples(text []byte) (n int) {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			n++
		}
	}
	return n
}

// extras is where a line holds what the classic format has not: a time in
// seconds and an exemplar.
func extras(text []byte, pos, end int) (from, to int) {
	line := text[pos:end]
	at := bytes.LastIndexByte(line, '}')
	if x := bytes.Index(line, []byte(" # {")); x >= 0 {
		at = bytes.LastIndexByte(line[:x], '}')
	}
	at = max(at, 0)
	value := bytes.IndexAny(line[at:], " \t")
	if value < 0 {
		return 0, 0
	}
	start := at + value + 1
	blank := bytes.IndexAny(line[start:], " \t\r\n")
	if blank < 0 {
		return 0, 0
	}
	from, to = pos+start+blank, end
	for to > from && (text[to-1] == '\n' || text[to-1] == '\r') {
		to--
	}
	return from, to
}
