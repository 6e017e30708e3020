package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Ramp is how a limit or a rate rises to its value; in YAML a bare number or time is meant as its
// duration.
type Ramp struct {
	Seconds float64
	// Strategy is the shape as written, "" if none was. AIPerf 0.13 takes three and runs each of them
	// linear, and so it is here.
	Strategy string
}

const rampLinear = "linear"

// tree is the form in which AIPerf writes it.
func (r *Ramp) tree() any {
	o := Object{{"duration", r.Seconds}}
	if r.Strategy != "" {
		o = append(o, Member{"strategy", r.Strategy})
	}
	return o
}

func (r *Ramp) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		o = Object{{"duration", x}}
	}
	*r = Ramp{}
	seen := false
	for _, m := range o {
		var err error
		switch m.Key {
		case "duration":
			seen = true
			if s, ok := m.Value.(string); ok {
				r.Seconds, err = readSeconds(s)
			} else {
				r.Seconds, err = asFloat(m.Value)
			}
		case "strategy":
			s, _ := m.Value.(string)
			if r.Strategy, err = pick(s, []string{rampLinear, "exponential", "poisson"}, asTyped); err != nil {
				err = fmt.Errorf("strategy %s: %w", show(m.Value), err)
			}
		default:
			err = fmt.Errorf("key %s is unknown; there are duration and strategy", quoteValue(m.Key))
		}
		if err != nil {
			return err
		}
	}
	if !seen {
		return errors.New("needs a duration")
	}
	return nil
}

// ramps tells which shapes a phase names that its ramps do not have.
func (c *checker) ramps(ph *Phase) {
	for _, r := range []struct {
		key string
		*Opt[Ramp]
	}{{"concurrency_ramp", &ph.ConcurrencyRamp}, {"prefill_ramp", &ph.PrefillRamp}, {"rate_ramp", &ph.RateRamp}} {
		if r.Set && r.V.Strategy != "" && r.V.Strategy != rampLinear {
			c.o.notice("phases.%s.%s: strategy %s runs linear, as in AIPerf", ph.Name.V, r.key, r.V.Strategy)
		}
	}
}

// withStrategy adds the default strategy to the ramps of an exported phase.
func withStrategy(ph Object) Object {
	for i, m := range ph {
		if r, ok := m.Value.(Object); ok && strings.HasSuffix(m.Key, "_ramp") && r.get("strategy") == nil {
			ph[i].Value = append(slices.Clone(r), Member{"strategy", rampLinear})
		}
	}
	return ph
}

// ramp makes the Field of a ramp.
func ramp(f Field, at func(*Profile) *Opt[Ramp]) *Field {
	f.Type, f.Unit = typeSeconds, "s"
	read := func(s string) (Ramp, error) {
		v, err := readSeconds(s)
		return Ramp{Seconds: v}, err
	}
	positive := func(r *Ramp) error {
		v := r.Seconds
		if err := finite(&v); err != nil {
			return err
		}
		return above(0.0)(&v)
	}
	g := scalar(f, at, read, positive)
	g.bind.values = func(p *Profile) []string {
		if o := at(p); o.Set {
			return []string{Float(o.V.Seconds)}
		}
		return nil
	}
	return g
}
