package profiles

import (
	"errors"
	"fmt"
)

// Ramp is the time in seconds over which a limit or a rate rises to its value;
// in YAML a bare number or time is meant as one.
type Ramp float64

// tree is the form in which AIPerf writes it.
func (r *Ramp) tree() any { return Object{{"duration", float64(*r)}} }

func (r *Ramp) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		o = Object{{"duration", x}}
	}
	seen := false
	for _, m := range o {
		switch m.Key {
		case "duration":
			seen = true
			if s, ok := m.Value.(string); ok {
				v, err := readSeconds(s)
				*r = Ramp(v)
				if err != nil {
					return err
				}
				continue
			}
			v, err := asFloat(m.Value)
			*r = Ramp(v)
			if err != nil {
				return err
			}
		case "strategy":
			if m.Value != "linear" {
				return fmt.Errorf("strategy %s is not built; ramps are linear", show(m.Value))
			}
		default:
			return fmt.Errorf("key %s is unknown; there are duration and strategy", quoteValue(m.Key))
		}
	}
	if !seen {
		return errors.New("needs a duration")
	}
	return nil
}

// ramp makes the Field of a ramp.
func ramp(f Field, at func(*Profile) *Opt[Ramp]) *Field {
	f.Type, f.Unit = typeSeconds, "s"
	read := func(s string) (Ramp, error) {
		v, err := readSeconds(s)
		return Ramp(v), err
	}
	positive := func(r *Ramp) error {
		v := float64(*r)
		if err := finite(&v); err != nil {
			return err
		}
		return above(0.0)(&v)
	}
	g := scalar(f, at, read, positive)
	g.bind.values = func(p *Profile) []string {
		if o := at(p); o.Set {
			return []string{Float(float64(o.V))}
		}
		return nil
	}
	return g
}
