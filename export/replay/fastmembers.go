package replay

import "tacho/engine/record"

// readMeta reads the members of the metadata object.
func (d *briefDecoder) readMeta(line []byte, p int, b *brief) (int, bool) {
	d.meta.at = 0
	for {
		e, q, ok := d.meta.match(line, p)
		if !ok {
			return p, false
		}
		if p, ok = d.readFact(line, q, e.kind, b); !ok {
			return p, false
		}
		if p >= len(line) {
			return p, false
		}
		switch line[p] {
		case '}':
			return p + 1, true
		case ',':
			p++
		default:
			return p, false
		}
	}
}

// readFact reads one value of the metadata.
func (d *briefDecoder) readFact(line []byte, p int, kind entryKind, b *brief) (q int, ok bool) {
	switch kind {
	case factText:
		if q, ok := passString(line, p); ok {
			return q, true
		}
		return follows(line, p, "null")
	case factErrorKind:
		q, ok = passString(line, p)
		d.why = append(d.why, line[p:q]...)
		return q, ok
	case factBool, factCancelled:
		if q, ok = follows(line, p, "false"); !ok {
			q, ok = follows(line, p, "true")
		}
		if kind == factCancelled {
			d.why = append(d.why, line[p:q]...)
		}
		return q, ok
	case factPhaseKind, factPhaseName:
		q, ok = passString(line, p)
		if !ok {
			return p, false
		}
		text := line[p+1 : q-1]
		if kind == factPhaseName {
			b.phase.Name = d.intern(text)
		} else if len(text) > 0 {
			b.phase.Kind = record.PhaseKind(d.intern(text))
		}
		return q, true
	}
	v, q, ok := readInt(line, p)
	if !ok {
		return p, false
	}
	switch kind {
	case factStart:
		b.startNS = v
	case factEnd:
		b.endNS = v
	case factDue:
		b.dueNS = v
	case factPicked:
		b.pickedNS = v
	case factPhaseIndex:
		b.phase.Index = int(v)
	case factProfilingIndex:
		b.phase.ProfilingIndex = int(v)
	}
	return q, true
}

// intern returns text as a string that all lines share.
func (d *briefDecoder) intern(text []byte) string {
	if s, ok := d.names[string(text)]; ok {
		return s
	}
	s := string(text)
	if len(d.names) < 1024 {
		d.names[s] = s
	}
	return s
}

// readMetrics reads the members of the metrics object.
func (d *briefDecoder) readMetrics(line []byte, p int, b *brief) (int, bool) {
	d.metrics.at = 0
	if p < len(line) && line[p] == '}' {
		return p + 1, true
	}
	for {
		e, q, ok := d.metrics.match(line, p)
		if !ok {
			return p, false
		}
		p = q
		switch e.kind {
		case metricOther:
			p, ok = passNumber(line, p)
		case metricGaps:
			p, ok = d.readGaps(line, p, b)
		case metricGood:
			b.good, p, ok = readNumber(line, p)
		case metricColumn:
			b.vals[e.col], p, ok = readNumber(line, p)
		}
		if !ok {
			return p, false
		}
		if q, ok = follows(line, p, e.tail); !ok {
			if q, ok = d.otherUnit(line, p, e); !ok {
				return p, false
			}
		}
		p = q
		if p >= len(line) {
			return p, false
		}
		switch line[p] {
		case '}':
			return p + 1, true
		case ',':
			p++
		default:
			return p, false
		}
	}
}

// otherUnit reads the unit of a metric that nobody asked for.
func (d *briefDecoder) otherUnit(line []byte, p int, e *entry) (int, bool) {
	if e.kind != metricOther {
		return p, false
	}
	const lead = `,"unit":`
	q, ok := follows(line, p, lead)
	if !ok {
		return p, false
	}
	if q, ok = passString(line, q); !ok || q >= len(line) || line[q] != '}' {
		return p, false
	}
	e.tail = string(line[p : q+1])
	return q + 1, true
}

func (d *briefDecoder) readGaps(line []byte, p int, b *brief) (int, bool) {
	if p >= len(line) || line[p] != '[' {
		return p, false
	}
	p++
	b.gaps, b.hasGaps = b.gaps[:0], true
	if p < len(line) && line[p] == ']' {
		return p + 1, true
	}
	for {
		v, q, ok := readNumber(line, p)
		if !ok || q >= len(line) {
			return p, false
		}
		b.gaps = append(b.gaps, v)
		switch line[q] {
		case ',':
			p = q + 1
		case ']':
			return q + 1, true
		default:
			return q, false
		}
	}
}

// readOurs reads the members of the object that only tacho writes.
func (d *briefDecoder) readOurs(line []byte, p int, b *brief) (int, bool) {
	d.ours.at = 0
	if p < len(line) && line[p] == '}' {
		return p + 1, true
	}
	for {
		e, q, ok := d.ours.match(line, p)
		if !ok {
			return p, false
		}
		if p, ok = d.readFact(line, q, e.kind, b); !ok || p >= len(line) {
			return p, false
		}
		switch line[p] {
		case '}':
			return p + 1, true
		case ',':
			p++
		default:
			return p, false
		}
	}
}
