package aggregate

import (
	"math"

	"tacho/profiles"
)

// feasible are the points that hold all limits. AIPerf 0.13 looks for percentiles only where a cell
// has several runs and compares the mean of a single one; here a single run has its percentiles too.
func (s *Sweep) feasible(points []point) []point {
	var list []point
	for i := range points {
		if points[i].holds(s.Limits) {
			list = append(list, points[i])
		}
	}
	return list
}

// eligible are the points among which the best are looked for: the feasible ones, or all if there
// are none, as in AIPerf.
func (s *Sweep) eligible(points []point) []point {
	if list := s.feasible(points); len(list) > 0 {
		return list
	}
	return points
}

func (p *point) holds(limits []profiles.SLAFilter) bool {
	for i := range limits {
		v, _ := p.at(limits[i].Tag, limits[i].Stat)
		if math.IsNaN(v) || !limits[i].Passes(v) {
			return false
		}
	}
	return true
}

// Feasible counts the cells that hold the limits, and those that gave numbers.
func (s *Sweep) Feasible() (holding, of int) {
	points := s.points()
	return len(s.feasible(points)), len(points)
}

// Unknown lists the limits on metrics that no cell has.
func (s *Sweep) Unknown() (list []string) {
	points := s.points()
	for i := range s.Limits {
		f := &s.Limits[i]
		known := len(points) == 0
		for j := range points {
			v, _ := points[j].at(f.Tag, f.Stat)
			known = known || !math.IsNaN(v)
		}
		if !known {
			list = append(list, f.Tag+" "+f.Stat)
		}
	}
	return list
}

// constraints are the limits for the file, nil without any.
func (s *Sweep) constraints(points []point) profiles.Object {
	if len(s.Limits) == 0 {
		return nil
	}
	active := []any{}
	for i := range s.Limits {
		active = append(active, s.Limits[i].Tree())
	}
	n := len(s.feasible(points))
	return profiles.Object{field("active_filters", active), field("feasible_count", n), field("infeasible_count", len(points)-n)}
}
