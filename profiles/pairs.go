package profiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tacho/engine/dataset"
)

// Pairs are (ISL, OSL) shapes with their shares in percent.
type Pairs []dataset.Pair

// readPairs reads one of the three grammars of --seq-dist.
func readPairs(args []string) (Pairs, error) {
	pairs, err := dataset.ParsePairs(args[len(args)-1])
	return pairs, err
}

func (ps *Pairs) tree() any {
	list := []any{}
	for _, p := range *ps {
		one := func(d dataset.Dist) Object { return Object{{"mean", d.Mean}, {"stddev", d.StdDev}} }
		list = append(list, Object{{"isl", one(p.ISL)}, {"osl", one(p.OSL)}, {"probability", p.Percent}})
	}
	return list
}

// fromTree reads AIPerf's list of {isl, osl, probability}, or the text that
// the option takes.
func (ps *Pairs) fromTree(x any) error {
	switch x := x.(type) {
	case string:
		pairs, err := readPairs([]string{x})
		*ps = pairs
		return err
	case []any:
		var pairs Pairs
		for i, e := range x {
			p, err := readPair(e)
			if err != nil {
				return fmt.Errorf("pair %d: %w", i+1, err)
			}
			pairs = append(pairs, p)
		}
		if err := dataset.CheckPairs(pairs); err != nil {
			return err
		}
		*ps = pairs
		return nil
	}
	return errors.New("must be a list of {isl, osl, probability}")
}

func readPair(x any) (p dataset.Pair, err error) {
	o, ok := x.(Object)
	if !ok {
		return p, errors.New("must be a map of isl, osl and probability")
	}
	for _, m := range o {
		var err error
		switch snake(m.Key) {
		case "isl":
			err = json.Unmarshal(AppendJSON(nil, m.Value, "", 0), &p.ISL)
		case "osl":
			err = json.Unmarshal(AppendJSON(nil, m.Value, "", 0), &p.OSL)
		case "isl_stddev":
			p.ISL.StdDev, err = asFloat(m.Value)
		case "osl_stddev":
			p.OSL.StdDev, err = asFloat(m.Value)
		case "probability":
			p.Percent, err = asFloat(m.Value)
		default:
			err = fmt.Errorf("unknown key %s%s", m.Key, nearKey(m.Key, []string{"isl", "osl", "isl_stddev", "osl_stddev", "probability"}))
		}
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

// pairValues is the text that readPairs takes back.
func pairValues(p *Profile) []string {
	var parts []string
	one := func(d dataset.Dist) string {
		s := trimFloat(d.Mean)
		if d.StdDev != 0 {
			s += "|" + trimFloat(d.StdDev)
		}
		return s
	}
	for _, p := range p.Dataset().Prompts.Pairs.V {
		parts = append(parts, one(p.ISL)+","+one(p.OSL)+":"+trimFloat(p.Percent))
	}
	if parts == nil {
		return nil
	}
	return []string{strings.Join(parts, ";")}
}
