package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// UnmarshalJSON reads the forms in which a configuration file writes a
// distribution: a number, {value}, {mean, stddev}, {mean, median},
// {peaks: [{…, weight}]} or {points: [{value, weight}]}, each but the first
// with min and max. Weights default to 1.
func (d *Dist) UnmarshalJSON(b []byte) error {
	*d = Dist{}
	b = bytes.TrimSpace(b)
	if len(b) == 0 || b[0] != '{' {
		if err := json.Unmarshal(b, &d.Mean); err != nil || bytes.Equal(b, []byte("null")) {
			return fmt.Errorf("%.40s is no distribution: use a number, {mean, stddev}, {mean, median}, {peaks: [...]} or {points: [...]}", b)
		}
		return nil
	}
	var f struct {
		Type                *string // AIPerf's files may name the shape; the keys tell it
		Value, Mean, StdDev *float64
		Median, Min, Max    *float64
		Peaks               []peakJSON
		Points              []pointJSON
	}
	if err := strictJSON(b, &f); err != nil {
		return err
	}
	set := func(dst *float64, src *float64) {
		if src != nil {
			*dst = *src
		}
	}
	switch {
	case f.Peaks != nil:
		if len(f.Peaks) < 2 {
			return errors.New("peaks: give at least two")
		}
		for _, p := range f.Peaks {
			d.Peaks = append(d.Peaks, Peak(p))
		}
	case f.Points != nil:
		if len(f.Points) == 0 {
			return errors.New("points: give at least one")
		}
		for _, p := range f.Points {
			d.Points = append(d.Points, Point(p))
		}
	case f.Value == nil && f.Mean == nil:
		return errors.New("a distribution needs a value, a mean, peaks or points")
	}
	if f.Value != nil && f.Mean != nil {
		return errors.New("a distribution has a value or a mean, not both")
	}
	set(&d.Mean, f.Value)
	set(&d.Mean, f.Mean)
	set(&d.StdDev, f.StdDev)
	set(&d.Median, f.Median)
	if f.Median != nil && d.Median <= 0 {
		return fmt.Errorf("median is %v: must be above 0", d.Median)
	}
	set(&d.Min, f.Min)
	set(&d.Max, f.Max)
	return nil
}

type peakJSON Peak

// UnmarshalJSON takes the weight out of the object; the rest is the part's own
// distribution, inline or under "distribution".
func (p *peakJSON) UnmarshalJSON(b []byte) error {
	m, err := objectOf(b)
	if err != nil {
		return err
	}
	p.Weight = 1
	if w, ok := m["weight"]; ok {
		if err := json.Unmarshal(w, &p.Weight); err != nil {
			return fmt.Errorf("weight %s is no number", w)
		}
		delete(m, "weight")
	}
	rest, ok := m["distribution"]
	if !ok {
		if rest, err = json.Marshal(m); err != nil {
			return err
		}
	}
	return json.Unmarshal(rest, &p.Dist)
}

type pointJSON Point

func (p *pointJSON) UnmarshalJSON(b []byte) error {
	f := struct {
		Value  *float64
		Weight *float64
	}{}
	if err := strictJSON(b, &f); err != nil {
		return err
	}
	if f.Value == nil {
		return errors.New("a point needs a value")
	}
	p.Value, p.Weight = *f.Value, 1
	if f.Weight != nil {
		p.Weight = *f.Weight
	}
	return nil
}

func objectOf(b []byte) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil || m == nil {
		return nil, fmt.Errorf("%.40s is no object", b)
	}
	return m, nil
}

// strictJSON is json.Unmarshal that refuses keys the target does not have, by
// name.
func strictJSON(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		m, _ := objectOf(b)
		return fmt.Errorf("unknown key %s among %s", name, strings.Join(slices.Sorted(maps.Keys(m)), ", "))
	}
	return fmt.Errorf("read %.60s: %w", b, err)
}
