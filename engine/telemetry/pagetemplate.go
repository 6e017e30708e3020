package telemetry

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// template reads a page that has the shape of an earlier one: line by line only
// the numbers differ, so only they are parsed. A page of a server under load is
// read so in a small part of the time, every third of a second.
type template struct {
	text  []byte // of the page it was made from
	lines []templateLine
	*parsed
}

type templateLine struct {
	// start and end bound the line in text, value is where its number begins; 0
	// for a line that must be equal as a whole.
	start, value, end int
	column            int
}

// What a line stands for that has no column.
const (
	ignored  = -1 // of a metric that is left out
	unusable = -2 // left out because its value is not finite: once it is, the shape changes
)

// newTemplate makes a template of a page and what it was parsed to; nil when
// reading the page by it would not give the same.
func newTemplate(text []byte, p *parsed) *template {
	t := &template{text: bytes.Clone(text[:p.cut]), parsed: p}
	at := columnsOf(p.shape)
	for pos := 0; pos < p.cut; {
		end := lineEnd(text, pos)
		l := templateLine{start: pos, end: end}
		if line := bytes.TrimSpace(text[pos:end]); len(line) > 0 && line[0] != '#' {
			name, rest := sampleName(line)
			labels, bound, n, ok := lineLabels(rest)
			if !ok {
				return nil
			}
			lead := bytes.Index(text[pos:end], line)
			l.value = pos + lead + len(line) - len(rest) + n
			l.column = ignored
			key := seriesKey(string(name), labels)
			if bound != "" {
				key += " " + bound
			}
			if c, ok := at[key]; ok {
				l.column = c
			} else if v, ok := number(text[l.value:end]); !ok || !isFinite(v) {
				l.column = unusable
			}
		}
		t.lines = append(t.lines, l)
		pos = end
	}
	again, ok := t.read(text)
	if !ok || len(again.values) != len(p.values) {
		return nil
	}
	for i, v := range again.values {
		if v != p.values[i] && (v == v || p.values[i] == p.values[i]) {
			return nil
		}
	}
	return t
}

func lineEnd(text []byte, pos int) int {
	if i := bytes.IndexByte(text[pos:], '\n'); i >= 0 {
		return pos + i + 1
	}
	return len(text)
}

// columnsOf finds the column of a line by its metric name and labels, those of
// buckets followed by the bound.
func columnsOf(s *Shape) map[string]int {
	at := make(map[string]int, s.Columns)
	put := func(name string, labels []Label, bound string, column int) {
		key := seriesKey(name, labels)
		if bound != "" {
			key += " " + bound
		}
		at[key] = column
	}
	for i := range s.Families {
		f := &s.Families[i]
		for j := range f.Series {
			x := &f.Series[j]
			switch f.Kind {
			case Histogram:
				for k, b := range x.Bounds {
					put(f.Name+"_bucket", x.Labels, b, x.Column+k)
				}
				put(f.Name+"_sum", x.Labels, "", x.Column+len(x.Bounds))
				put(f.Name+"_count", x.Labels, "", x.Column+len(x.Bounds)+1)
			default:
				put(f.sample, x.Labels, "", x.Column)
			}
		}
	}
	return at
}

// lineLabels reads the labels after a name, without le, which it returns apart,
// and the length up to the value.
func lineLabels(rest []byte) (labels []Label, bound string, n int, ok bool) {
	i := 0
	blank := func() {
		for i < len(rest) && (rest[i] == ' ' || rest[i] == '\t') {
			i++
		}
	}
	blank()
	if i < len(rest) && (rest[i] == '{' || rest[i] == ',') {
		i++
		for {
			blank()
			if i >= len(rest) {
				return nil, "", 0, false
			}
			if rest[i] == '}' {
				i++
				break
			}
			if rest[i] == ',' {
				i++
				continue
			}
			eq := bytes.IndexByte(rest[i:], '=')
			if eq < 0 {
				return nil, "", 0, false
			}
			name := strings.Trim(string(bytes.TrimSpace(rest[i:i+eq])), `"`)
			i += eq + 1
			blank()
			value, used, good := quoted(rest[i:])
			if !good {
				return nil, "", 0, false
			}
			i += used
			if name == "le" {
				bound = value
			} else {
				labels = append(labels, Label{name, value})
			}
		}
	}
	blank()
	sortLabels(labels)
	return labels, bound, i, i < len(rest)
}

// quoted reads a label value with its quotes.
func quoted(b []byte) (value string, used int, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return "", 0, false
	}
	var out []byte
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			return string(out), i + 1, true
		case '\\':
			if i++; i >= len(b) {
				return "", 0, false
			}
			if b[i] == 'n' {
				out = append(out, '\n')
			} else {
				out = append(out, b[i])
			}
		default:
			out = append(out, b[i])
		}
	}
	return "", 0, false
}

// number reads the number at the start of b.
func number(b []byte) (float64, bool) {
	if i := bytes.IndexAny(b, " \t\r\n"); i >= 0 {
		b = b[:i]
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v, err == nil
}

// read reads a page by the template; false when it has another shape.
func (t *template) read(text []byte) (*parsed, bool) {
	values := make([]float64, t.shape.Columns)
	for i := range values {
		values[i] = math.NaN()
	}
	spoilt := false
	pos := 0
	for i := range t.lines {
		l := &t.lines[i]
		if pos >= len(text) {
			return nil, false
		}
		end := lineEnd(text, pos)
		if l.value == 0 {
			if !bytes.Equal(text[pos:end], t.text[l.start:l.end]) {
				return nil, false
			}
			pos = end
			continue
		}
		prefix := t.text[l.start:l.value]
		if !bytes.HasPrefix(text[pos:end], prefix) {
			return nil, false
		}
		if l.column != ignored {
			v, ok := number(text[pos+len(prefix) : end])
			if !ok {
				return nil, false
			}
			switch {
			case l.column == unusable && isFinite(v):
				return nil, false
			case l.column == unusable:
			case isFinite(v):
				values[l.column] = v
			default:
				values[l.column], spoilt = math.Inf(1), true
			}
		}
		pos = end
	}
	if pos < len(text) && t.dropped == 0 {
		return nil, false
	}
	if spoilt {
		t.clean(values)
	}
	return &parsed{shape: t.shape, values: values, dropped: t.dropped, cut: t.cut}, true
}

// clean makes absent what is not finite, with all of its histogram.
func (t *template) clean(values []float64) {
	for i := range t.shape.Families {
		f := &t.shape.Families[i]
		for j := range f.Series {
			x := &f.Series[j]
			v := values[x.Column : x.Column+x.columns(f.Kind)]
			for k := range v {
				if math.IsInf(v[k], 1) {
					for m := range v {
						v[m] = math.NaN()
					}
					break
				}
			}
		}
	}
}
