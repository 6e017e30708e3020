package profiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// Series is a rate that changes with time: linear between points, and the last
// one after it. Path is the file they are in, as long as they are not read.
type Series struct {
	Path   string
	Points []SeriesPoint
}

// SeriesPoint is a rate in requests per second at a time in seconds since the
// start of the series.
type SeriesPoint struct{ AtSec, PerSec float64 }

// tree is the form in which AIPerf writes it: the points, wherever they were.
func (s *Series) tree() any {
	if s.Points == nil {
		return s.Path
	}
	list := make([]any, len(s.Points))
	for i, p := range s.Points {
		list[i] = Object{{"time_s", p.AtSec}, {"qps", p.PerSec}}
	}
	return Object{{"points", list}}
}

// fromTree takes a path, a list of points, or a map with one of both.
func (s *Series) fromTree(x any) error {
	if o, ok := x.(Object); ok {
		if len(o) != 1 || o[0].Key != "points" && o[0].Key != "path" {
			return errors.New("must have the one key points, or path")
		}
		x = o[0].Value
	}
	switch x := x.(type) {
	case string:
		*s = Series{Path: x}
		return nil
	case []any:
		*s = Series{Points: []SeriesPoint{}}
		for i, e := range x {
			p, err := seriesPoint(e)
			if err != nil {
				return fmt.Errorf("point %d %w", i+1, err)
			}
			s.Points = append(s.Points, p)
		}
		return s.check()
	}
	return errors.New("must be a path or a list of points")
}

func seriesPoint(x any) (p SeriesPoint, err error) {
	o, ok := x.(Object)
	if !ok || len(o) != 2 {
		return p, errors.New("must have time_s and qps")
	}
	for _, m := range o {
		to := map[string]*float64{"time_s": &p.AtSec, "qps": &p.PerSec}[snake(m.Key)]
		if to == nil {
			return p, errors.New("must have time_s and qps")
		}
		if *to, err = asFloat(m.Value); err != nil {
			return p, fmt.Errorf("has a %s that %w", m.Key, err)
		}
	}
	return p, nil
}

// check reports points that make no series.
func (s *Series) check() error {
	if len(s.Points) == 0 {
		return errors.New("has no points")
	}
	for i, p := range s.Points {
		switch {
		case !(p.AtSec >= 0) || math.IsInf(p.AtSec, 1):
			return fmt.Errorf("point %d is at %v s: must be at least 0 and finite", i+1, p.AtSec)
		case i > 0 && p.AtSec <= s.Points[i-1].AtSec:
			return fmt.Errorf("point %d is at %v s, not after the one before", i+1, p.AtSec)
		case !(p.PerSec >= 0) || math.IsInf(p.PerSec, 1):
			return fmt.Errorf("point %d has rate %v: must be at least 0 and finite", i+1, p.PerSec)
		}
	}
	return nil
}

// decodeSeries reads the file: {"points": [...]} or the bare list.
func decodeSeries(data []byte) (Series, error) {
	var s Series
	if !json.Valid(data) {
		return s, errors.New("is not JSON")
	}
	var list struct {
		Points []map[string]float64 `json:"points"`
	}
	if err := json.Unmarshal(data, &list.Points); err != nil {
		if err := json.Unmarshal(data, &list); err != nil {
			return s, errors.New("must be a list of points with time_s and qps, or hold one as points")
		}
	}
	s.Points = []SeriesPoint{}
	for i, m := range list.Points {
		at, timed := m["time_s"]
		rate, rated := m["qps"]
		if !timed || !rated || len(m) != 2 {
			return s, fmt.Errorf("point %d must have time_s and qps", i+1)
		}
		s.Points = append(s.Points, SeriesPoint{at, rate})
	}
	return s, s.check()
}

// readSeries reads the files of all phases' series.
func readSeries(p *Profile, o *Origins, env Env) (problems Problems) {
	for i := range p.Phases {
		s := &p.Phases[i].RateSeries
		if !s.Set || s.V.Points != nil || p.Phases[i].Rate.Set { // a rate beside it is told by the rules
			continue
		}
		data, err := env.readFile(s.V.Path)
		var got Series
		if err == nil {
			got, err = decodeSeries(data)
		} else {
			err = fmt.Errorf("cannot be read: %s", oneLine(err.Error()))
		}
		if err != nil {
			problems = append(problems, Problem{Kind: BadValue, Where: o.where("request-rate-series"), Value: s.V.Path, Rule: err.Error()})
			o.failed[Lookup("--request-rate-series")] = true
			continue
		}
		s.V.Points = got.Points
	}
	return problems
}

// seriesField is the option with the file of a series.
func seriesField() *Field {
	at := in(KindProfiling, func(ph *Phase) *Opt[Series] { return &ph.RateSeries })
	f := many(Field{Flag: "request-rate-series", Group: groupLoad, Tier: 'B', Type: typePath, Phase: KindProfiling,
		Help: "JSON file of {\"time_s\", \"qps\"} points; the rate is linear between them and holds the last one"},
		at, func(args []string) (Series, error) { return Series{Path: args[len(args)-1]}, nil })
	return valued(f, func(p *Profile) []string {
		if o := at(p); o.Set && o.V.Path != "" {
			return []string{o.V.Path}
		}
		return nil
	})
}
