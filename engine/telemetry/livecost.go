package telemetry

import "tacho/engine/snap"

// Draw is the energy that all GPUs used since the phase began, in J, and the
// power that they draw now, in W; NaN when none tells. Of a GPU that has not been
// read lately the energy is not known, and so that of all is not.
func Draw(gpus []snap.GPU) (joules, watts float64) {
	joules, watts = nan, nan
	silent := false
	add := func(to *float64, v float64) {
		switch {
		case v != v:
		case *to != *to:
			*to = v
		default:
			*to += v
		}
	}
	for i := range gpus {
		if gpus[i].Stale == 0 {
			add(&joules, gpus[i].Energy)
			add(&watts, gpus[i].Power)
		} else if gpus[i].Energy == gpus[i].Energy {
			silent = true
		}
	}
	if silent {
		joules = nan
	}
	return joules, watts
}

// FillCost works out a cost, whose PerHour and Watts are known, from the energy
// used (NaN: not known), the seconds that passed and the tokens made in them:
// all, and those of good requests, which count only when there are objectives.
func FillCost(c *snap.Cost, joules, seconds, tokens, good float64, judged bool) {
	c.Joules = joules
	c.PerMTok, c.PerGoodMTok, c.JoulesPerTok, c.JoulesPerGoodTok = nan, nan, nan, nan
	if !judged {
		good = 0
	}
	if c.PerHour > 0 {
		put(&c.PerMTok, CostPerMillion, c.PerHour, seconds, tokens)
		put(&c.PerGoodMTok, CostPerMillion, c.PerHour, seconds, good)
	}
	if joules > 0 {
		if v, ok := JoulesPer(joules, tokens); ok {
			c.JoulesPerTok = v
		}
		if v, ok := JoulesPer(joules, good); ok {
			c.JoulesPerGoodTok = v
		}
	}
}

// put sets a figure that may not be known.
func put(to *float64, f func(a, b, n float64) (float64, bool), a, b, n float64) {
	if v, ok := f(a, b, n); ok {
		*to = v
	}
}
