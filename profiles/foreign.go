package profiles

import (
	"fmt"
	"math"

	"tacho/engine/secret"
)

// Aside is a setting of a recorded configuration that has no place in a
// Profile: its path and its value as a JSON tree.
type Aside struct {
	Path  string
	Value any
}

// DecodeInputConfig reads the input_config of an artifact directory, ours or
// AIPerf's. What we do not know or cannot hold is returned by name, so that
// whoever runs or shows the configuration can say what is missing. Nothing is
// derived: the profile holds what was recorded, and defaults.
func DecodeInputConfig(b []byte) (*Profile, []Aside, error) {
	o, err := readObject(string(b))
	if err != nil {
		return nil, nil, fmt.Errorf("read input_config: %w", err)
	}
	p, aside := FromTree(o)
	return p, aside, nil
}

// FromTree is DecodeInputConfig for a tree that is read already.
func FromTree(o Object) (*Profile, []Aside) {
	var aside []Aside
	p := New()
	p.Models.Items = nil
	d := decoder{
		origins: newOrigins(nil),
		keep:    func(path string, v any) { aside = append(aside, Aside{path, v}) },
	}
	d.benchmark(p, nodeOf(o), "")
	dropRedacted(p, d.keep)
	for i := range p.Phases {
		effective(&p.Phases[i])
	}
	return p, aside
}

// dropRedacted takes out what was hidden when the configuration was written:
// to send it would be to send the word.
func dropRedacted(p *Profile, keep func(string, any)) {
	if p.Endpoint.APIKey.V == secret.Redacted {
		keep("endpoint.api_key", secret.Redacted)
		p.Endpoint.APIKey.unset()
	}
	var headers Headers
	for _, h := range p.Endpoint.Headers.V {
		if h.Value == secret.Redacted {
			keep("endpoint.headers."+h.Name, secret.Redacted)
			continue
		}
		headers = append(headers, h)
	}
	p.Endpoint.Headers.V = headers
}

// effective gives settings of a phase that are not set the value they amount to.
func effective(ph *Phase) {
	if !ph.AutoOffset.Set {
		ph.AutoOffset.V = ph.Type.V == LoadSchedule && !ph.StartOffset.Set
	}
	if !ph.Concurrency.Set && ph.Type.V == LoadConcurrency {
		ph.Concurrency.V = 1
	}
	if !ph.GracePeriod.Set {
		ph.GracePeriod.V = 0
		if ph.Kind.V == KindWarmup || !ph.Duration.Set {
			ph.GracePeriod.V = math.Inf(1)
		}
	}
}
