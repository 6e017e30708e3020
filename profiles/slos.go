package profiles

import (
	"errors"
	"fmt"
	"strings"
)

// SLOs are the limits a request must meet to count as good.
type SLOs []SLO

// SLO is one limit, in the metric's display unit.
type SLO struct {
	Tag   string
	Limit float64
}

func (s *SLOs) tree() any {
	o := Object{}
	for _, e := range *s {
		o = append(o, Member{e.Tag, e.Limit})
	}
	return o
}

func (s *SLOs) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		return errors.New("must be a map of metric to limit")
	}
	*s = SLOs{}
	for _, m := range o {
		f, err := asFloat(m.Value)
		if err != nil {
			return fmt.Errorf("limit of %s %w", m.Key, err)
		}
		if err := finite(&f); err != nil {
			return fmt.Errorf("limit of %s %w", m.Key, err)
		}
		*s = append(*s, SLO{m.Key, f})
	}
	return nil
}

// String is the limits as --goodput takes them.
func (s SLOs) String() string {
	var parts []string
	for _, e := range s {
		parts = append(parts, e.Tag+":"+trimFloat(e.Limit))
	}
	return strings.Join(parts, " ")
}

// readSLOs reads "tag:limit tag:limit".
func readSLOs(args []string) (SLOs, error) {
	out := SLOs{}
	for _, item := range strings.Fields(strings.Join(args, " ")) {
		tag, limit, ok := strings.Cut(item, ":")
		if !ok || tag == "" || limit == "" {
			return nil, fmt.Errorf("%q is not of the form metric:limit, as in request_latency:250", item)
		}
		f, err := readFloat(limit)
		if err != nil {
			return nil, fmt.Errorf("limit %q of %s %w", limit, tag, err)
		}
		for _, e := range out {
			if e.Tag == tag {
				return nil, fmt.Errorf("%s is given twice", tag)
			}
		}
		out = append(out, SLO{tag, f})
	}
	if len(out) == 0 {
		return nil, errors.New("must hold at least one metric:limit, as in request_latency:250")
	}
	return out, nil
}
