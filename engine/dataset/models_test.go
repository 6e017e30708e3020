package dataset

import (
	"math"
	"testing"

	"tacho/engine/random"
)

// Weighted models get their share of the turns.
func TestWeightedModels(t *testing.T) {
	cfg := Config{
		Synthetic: SyntheticConfig{Entries: 4000, ISL: Dist{Mean: 2}},
		Models:    []string{"a", "b", "c"}, Selection: Weighted, Weights: []float64{0.7, 0.2, 0.1},
	}
	d, err := Open(t.Context(), cfg, random.Seeded(3), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]float64{}
	for i := range d.Len() {
		c, err := d.At(i)
		if err != nil {
			t.Fatal(err)
		}
		n[c.Turns[0].Model]++
	}
	for i, m := range cfg.Models {
		want := cfg.Weights[i]
		if got := n[m] / 4000; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/4000) {
			t.Errorf("%s got %.3f of the turns, want %.1f", m, got, want)
		}
	}
	cfg.Weights = cfg.Weights[:2]
	if _, err := Open(t.Context(), cfg, random.Seeded(3), nil); err == nil {
		t.Error("two weights for three models are fine")
	}
}
