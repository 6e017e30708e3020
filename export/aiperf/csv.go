package aiperf

import (
	"errors"
	"strings"

	"tacho/engine/metric"
)

// csvWriter appends rows in the dialect of Python's csv module: commas, quotes
// only where needed and doubled inside, CRLF.
type csvWriter struct {
	buf   []byte
	begun bool
}

func (w *csvWriter) field(s string) {
	w.sep()
	if !strings.ContainsAny(s, ",\"\r\n") {
		w.buf = append(w.buf, s...)
		return
	}
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, strings.ReplaceAll(s, `"`, `""`)...)
	w.buf = append(w.buf, '"')
}

// number writes two decimals, or an empty field for an absent value.
func (w *csvWriter) number(v float64) {
	w.sep()
	w.buf = appendCSV(w.buf, v)
}

func (w *csvWriter) sep() {
	if w.begun {
		w.buf = append(w.buf, ',')
	}
	w.begun = true
}

// end ends the row; a row without fields is a blank line.
func (w *csvWriter) end() {
	w.buf = append(w.buf, '\r', '\n')
	w.begun = false
}

func (w *csvWriter) row(fields ...string) {
	for _, f := range fields {
		w.field(f)
	}
	w.end()
}

var errQuote = errors.New("a quoted field does not end")

// readCSV splits data into rows; a blank line is a nil row. Line ends may be
// CRLF or LF.
func readCSV(data string) ([][]string, error) {
	var rows [][]string
	for len(data) > 0 {
		var row []string
		for first := true; ; first = false {
			field, rest, err := csvField(data)
			if err != nil {
				return nil, err
			}
			last := rest == "" || rest[0] != ','
			if !first || !last || field != "" {
				row = append(row, field)
			}
			if !last {
				data = rest[1:]
				continue
			}
			rest = strings.TrimPrefix(rest, "\r")
			data = strings.TrimPrefix(rest, "\n")
			break
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// csvField reads one field; rest begins with what ended it.
func csvField(data string) (field, rest string, err error) {
	if !strings.HasPrefix(data, `"`) {
		i := strings.IndexAny(data, ",\r\n")
		if i < 0 {
			i = len(data)
		}
		return data[:i], data[i:], nil
	}
	var b strings.Builder
	data = data[1:]
	for {
		i := strings.IndexByte(data, '"')
		if i < 0 {
			return "", "", errQuote
		}
		b.WriteString(data[:i])
		if data = data[i+1:]; !strings.HasPrefix(data, `"`) {
			// Whatever follows a closing quote is taken as it is, up to the end
			// of the field, as Python does.
			i := strings.IndexAny(data, ",\r\n")
			if i < 0 {
				i = len(data)
			}
			b.WriteString(data[:i])
			return b.String(), data[i:], nil
		}
		b.WriteByte('"')
		data = data[1:]
	}
}

// csvName is a metric's first column: header and unit, the latter left out for
// plain counts.
func csvName(d *metric.Def) string {
	switch strings.ToLower(string(d.Unit)) {
	case "", "count", "requests":
		return d.Header
	}
	return d.Header + " (" + string(d.Unit) + ")"
}

// csvNames finds definitions by what the CSV files call them.
type csvNames struct {
	reg    *metric.Registry
	byName map[string]*metric.Def
}

func newCSVNames(reg *metric.Registry) csvNames {
	n := csvNames{reg, make(map[string]*metric.Def, reg.Len())}
	for _, d := range reg.Defs() {
		// Vendors share headers; the first one has the name.
		if _, taken := n.byName[csvName(d)]; !taken {
			n.byName[csvName(d)] = d
		}
	}
	return n
}

// find returns the definition of a name, a foreign one if there is none.
func (n csvNames) find(name string) *metric.Def {
	if d, ok := n.byName[name]; ok {
		return d
	}
	header, unit := name, ""
	if i := strings.LastIndex(name, " ("); i > 0 && strings.HasSuffix(name, ")") {
		header, unit = name[:i], name[i+2:len(name)-1]
	}
	return n.foreign(header, unit)
}

// findUnit is find for files that give the unit apart.
func (n csvNames) findUnit(header, unit string) *metric.Def {
	name := csvName(&metric.Def{Header: header, Unit: metric.Unit(unit)})
	if d, ok := n.byName[name]; ok && string(d.Unit) == unit {
		return d
	}
	return n.foreign(header, unit)
}

func (n csvNames) foreign(header, unit string) *metric.Def {
	before := n.reg.Len()
	d := n.reg.Foreign(metric.Tag(slug(header)), unit)
	if n.reg.Len() > before {
		d.Header = header
	}
	n.byName[csvName(d)] = d
	return d
}

// slug makes a tag of a header, the best that a CSV file can tell.
func slug(header string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(header) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	if s := strings.TrimSuffix(b.String(), "_"); s != "" {
		return s
	}
	return "metric"
}
