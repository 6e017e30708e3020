package dataset

import (
	"slices"
	"testing"

	"tacho/engine/random"
)

func take(t *testing.T, how Sampling, n, k int) []int {
	t.Helper()
	s, err := NewSampler(how, n, random.Seeded(42))
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for range k {
		got = append(got, s.Next())
	}
	return got
}

func TestSequentialWraps(t *testing.T) {
	if got, want := take(t, Sequential, 3, 7), []int{0, 1, 2, 0, 1, 2, 0}; !slices.Equal(got, want) {
		t.Errorf("sequential over 3 = %v, want %v", got, want)
	}
}

func TestShuffleReshuffles(t *testing.T) {
	got := take(t, Shuffle, 50, 150)
	var rounds [][]int
	for r := range slices.Chunk(got, 50) {
		rounds = append(rounds, slices.Clone(r))
		slices.Sort(r)
		for i, v := range r {
			if v != i {
				t.Fatalf("a round does not hold every index once: %v", r)
			}
		}
	}
	if slices.Equal(rounds[0], rounds[1]) || slices.IsSorted(rounds[0]) {
		t.Error("rounds are not shuffled anew")
	}
	if !slices.Equal(rounds[2], take(t, Shuffle, 50, 150)[100:]) {
		t.Error("the same seed shuffled differently")
	}
}

func TestRandomDrawsWithReplacement(t *testing.T) {
	got := take(t, Random, 10, 1000)
	count := make([]int, 10)
	for _, i := range got {
		count[i]++
	}
	if slices.Min(count) < 60 || slices.Max(count) > 150 {
		t.Errorf("1000 draws of 10: %v", count)
	}
	seen := map[int]bool{}
	for _, i := range got[:10] {
		seen[i] = true
	}
	if len(seen) == 10 {
		t.Error("the first ten draws are a permutation: no replacement")
	}
}

func TestSamplerErrors(t *testing.T) {
	if _, err := NewSampler("best", 3, random.Seeded(1)); err == nil {
		t.Error("unknown sampling accepted")
	}
	if _, err := NewSampler(Sequential, 0, random.Seeded(1)); err == nil {
		t.Error("empty data set accepted")
	}
	for _, how := range []Sampling{Sequential, Random, Shuffle} {
		if got := take(t, how, 1, 3); !slices.Equal(got, []int{0, 0, 0}) {
			t.Errorf("%s over one entry = %v", how, got)
		}
	}
}
