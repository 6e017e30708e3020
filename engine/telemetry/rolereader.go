package telemetry

import (
	"slices"
	"strings"
)

// roleReader takes the roles from the scrapes of one page. Where they are is
// worked out once for each shape.
type roleReader struct {
	shape *Shape
	make  string
	from  [numRoles][]roleColumn
	take  [numRoles]*want // nil: the page has none
}

// roleColumn is one number that goes into a role.
type roleColumn int

// roles are the values of one scrape; NaN is absent.
type roles [numRoles]float64

func (r *roleReader) read(s *Scrape) (out roles) {
	if s.Shape != r.shape {
		r.learn(s.Shape)
	}
	for i := range out {
		out[i] = nan
		w := r.take[i]
		if w == nil {
			continue
		}
		for _, c := range r.from[i] {
			v := s.Values[c]
			switch {
			case v != v:
			case out[i] != out[i]:
				out[i] = v
			case w.part == largest:
				out[i] = max(out[i], v)
			default:
				out[i] += v
			}
		}
		if w.scale != 0 {
			out[i] *= w.scale
		}
	}
	// Shares are told in percent by some.
	for _, i := range []role{roleKVUse, roleHitRate} {
		if out[i] > 1 {
			out[i] /= 100
		}
	}
	return out
}

func (r *roleReader) learn(shape *Shape) {
	*r = roleReader{shape: shape}
	at := make(map[string]*Family, len(shape.Families))
	best := len(makes)
	for i := range shape.Families {
		f := &shape.Families[i]
		at[f.Name] = f
		for j, m := range makes[:best] {
			if strings.HasPrefix(f.Name, m.prefix) {
				best = j
				break
			}
		}
	}
	if best < len(makes) {
		r.make = makes[best].name
	}
	for i := range roleNames {
		for j := range roleNames[i] {
			w := &roleNames[i][j]
			if columns := w.columns(at); columns != nil {
				r.take[i], r.from[i] = w, columns
				break
			}
		}
	}
}

// columns finds what a want needs; nil unless all of it is there.
func (w *want) columns(at map[string]*Family) (out []roleColumn) {
	for _, name := range w.names {
		f := at[name]
		if f == nil || (f.Kind == Histogram) != (w.part == sums || w.part == counts) {
			return nil
		}
		n := len(out)
		for i := range f.Series {
			x := &f.Series[i]
			if w.label != "" && !slices.Contains(x.Labels, Label{w.label, w.value}) {
				continue
			}
			c := x.Column
			switch w.part {
			case sums:
				c += len(x.Bounds)
			case counts:
				c += len(x.Bounds) + 1
			}
			out = append(out, roleColumn(c))
		}
		if len(out) == n {
			return nil
		}
	}
	return out
}
