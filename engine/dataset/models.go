package dataset

import (
	"fmt"

	"tacho/engine/random"
)

// ModelSelection says how the turns of a run are spread over several models.
type ModelSelection string

// The selections that AIPerf knows.
const (
	RoundRobin  ModelSelection = "round_robin"
	RandomModel ModelSelection = "random"
	// Weighted draws by the weights of the models, which must be given.
	Weighted ModelSelection = "weighted"
)

func (m ModelSelection) check() error {
	switch m {
	case "", RoundRobin, RandomModel, Weighted:
		return nil
	}
	return fmt.Errorf("unknown model selection %q: use round_robin, random or weighted", m)
}

// modelChooser names the model of each turn.
type modelChooser struct {
	names  []string
	random bool
	root   random.Root
	// weights are the models' shares; nil is equal ones.
	weights []float64
}

func newModelChooser(names []string, how ModelSelection, weights []float64, root random.Root) modelChooser {
	m := modelChooser{names: names, random: how == RandomModel, root: root}
	if how == Weighted && len(weights) == len(names) {
		m.random, m.weights = true, weights
	}
	return m
}

// counts reports whether a turn's model depends on how many turns there are
// before its conversation.
func (m *modelChooser) counts() bool { return len(m.names) > 1 && !m.random }

// give sets the models of conversation i's turns, whose first is turn number
// first of all.
func (m *modelChooser) give(turns []Turn, i, first int) {
	n := len(m.names)
	switch {
	case n == 0:
	case n == 1:
		for j := range turns {
			turns[j].Model = m.names[0]
		}
	case m.random:
		s := m.root.At("composer.turn.model_selection", i)
		for j := range turns {
			pick := 0
			if m.weights != nil {
				pick = s.Pick(m.weights)
			} else {
				pick = s.IntN(n)
			}
			turns[j].Model = m.names[pick]
		}
	default:
		for j := range turns {
			turns[j].Model = m.names[(first+j)%n]
		}
	}
}
