package app

import (
	"errors"
	"fmt"

	"tacho/engine"
	"tacho/engine/dataset"
	"tacho/engine/schedule"
	"tacho/profiles"
)

// scheduleWindow is the part of a file that a fixed schedule sends, nil without
// one.
func scheduleWindow(p *profiles.Profile) *dataset.Window {
	for i := range p.Phases {
		ph := &p.Phases[i]
		if ph.Type.V != profiles.LoadSchedule {
			continue
		}
		w := &dataset.Window{AutoOffset: ph.AutoOffset.V}
		for _, o := range []struct {
			opt profiles.Opt[int]
			to  **float64
		}{{ph.StartOffset, &w.Start}, {ph.EndOffset, &w.End}} {
			if o.opt.Set {
				ms := float64(o.opt.V)
				*o.to = &ms
			}
		}
		return w
	}
	return nil
}

// placeSessions completes the phases whose load follows from the dataset.
func placeSessions(p *profiles.Profile, plans []engine.PhasePlan, data dataset.Dataset) error {
	for i := range plans {
		ph, plan := &p.Phases[i], &plans[i]
		switch {
		case ph.Type.V == profiles.LoadUsers && ph.Kind.V != profiles.KindWarmup:
			turns, err := meanTurns(data)
			if err == nil {
				plan.Users, err = schedule.NewUsers(ph.Rate.V, ph.Users.V, turns)
			}
			if err != nil {
				return fmt.Errorf("phase %s: %w", plan.Name, err)
			}
		case ph.Type.V == profiles.LoadSchedule:
			timed, ok := data.(dataset.Timed)
			if !ok {
				return usagef("phase %s: %w", plan.Name, errors.New("this kind of dataset has no times to send at; a mooncake-trace file has"))
			}
			plan.Starts = timed.Starts()
			if err := limitTurns(plan, data); err != nil {
				return err
			}
		}
	}
	return nil
}

// turnsKnown is how many conversations are looked at for their number of turns.
const turnsKnown = 100_000

// meanTurns is the mean number of turns of the conversations, or of the first of
// them in a large dataset.
func meanTurns(data dataset.Dataset) (float64, error) {
	n, _ := dataset.Known(data)
	n = max(min(n, turnsKnown), 1)
	turns, err := dataset.CountTurns(data, n)
	return float64(turns) / float64(n), err
}

// limitTurns lets a schedule end with its last turn. A limit that the whole file
// fits in is none: AIPerf writes the number of records down as one, and a record
// can hold several turns.
func limitTurns(plan *engine.PhasePlan, data dataset.Dataset) error {
	n, all := dataset.Known(data)
	if !all || n > turnsKnown || plan.Requests > 0 && plan.Requests < int64(n) {
		return nil
	}
	turns, err := dataset.CountTurns(data, n)
	plan.Requests = int64(turns)
	return err
}
