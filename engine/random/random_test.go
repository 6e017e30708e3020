package random

import (
	"math"
	"testing"
)

// The expected child seeds are int.from_bytes(sha256(b"<root>:<id>")[:8]).
func TestChildSeedIsAIPerfs(t *testing.T) {
	for _, c := range []struct {
		root uint64
		id   string
		want uint64
	}{
		{42, "dataset.prompt.length", 7521479737366565015},
		{42, "timing.request.poisson_interval", 8134544948104704004},
		{0, "x", 15838549821452497134},
	} {
		if got := Seeded(c.root).ChildSeed(c.id); got != c.want {
			t.Errorf("ChildSeed(%d, %q) = %d, want %d", c.root, c.id, got, c.want)
		}
	}
}

func TestStreamsAreRepeatableAndApart(t *testing.T) {
	root := Seeded(42)
	a, b := root.Stream("a"), root.Stream("a")
	for range 100 {
		if x, y := a.Uint64(), b.Uint64(); x != y {
			t.Fatalf("two streams of one name differ: %d, %d", x, y)
		}
	}
	seen := map[uint64]string{}
	for _, s := range []struct {
		name string
		s    *Stream
	}{
		{"a", root.Stream("a")}, {"b", root.Stream("b")}, {"other root", Seeded(43).Stream("a")},
		{"a at 0", root.At("a", 0)}, {"a at 1", root.At("a", 1)}, {"b at 0", root.At("b", 0)},
	} {
		v := s.s.Uint64()
		if was, ok := seen[v]; ok {
			t.Errorf("%s and %s start with the same value", was, s.name)
		}
		seen[v] = s.name
	}
}

// A change of these values would silently change every seeded run.
func TestStreamIsFrozen(t *testing.T) {
	s := Seeded(42).Stream("frozen")
	got := [6]float64{s.Float64(), s.Normal(0, 1), s.Exp(1), s.Gamma(2, 1), 5 + s.Float64(), float64(s.IntN(1000))}
	want := [6]float64{
		0.11799773132225466, -0.6039632384645394, 1.0868285616975228, 3.410093350101226, 5.878879139172432, 962,
	}
	if got != want {
		t.Errorf("first draws = %v, want %v", got, want)
	}
}

func TestEntropy(t *testing.T) {
	a, b := Entropy(), Entropy()
	if !a.Drawn || a == b {
		t.Errorf("Entropy gave %+v and %+v", a, b)
	}
	if a.Seed >= 1<<53 {
		t.Errorf("seed %d does not survive float64", a.Seed)
	}
	if x, y := a.Stream("x").Uint64(), Seeded(a.Seed).Stream("x").Uint64(); x != y {
		t.Errorf("a drawn root does not repeat when given: %d, %d", x, y)
	}
}

// moments returns mean and standard deviation of n draws.
func moments(n int, draw func() float64) (mean, sd float64) {
	var sum, sq float64
	for range n {
		v := draw()
		sum += v
		sq += v * v
	}
	mean = sum / float64(n)
	return mean, math.Sqrt(sq/float64(n) - mean*mean)
}

func TestMoments(t *testing.T) {
	s := Seeded(7).Stream("moments")
	for _, c := range []struct {
		name     string
		draw     func() float64
		mean, sd float64
	}{
		{"normal", func() float64 { return s.Normal(10, 2) }, 10, 2},
		{"exp rate 4", func() float64 { return s.Exp(4) }, 0.25, 0.25},
		{"gamma 0.5, 2", func() float64 { return s.Gamma(0.5, 2) }, 1, math.Sqrt2},
		{"gamma 1, 3", func() float64 { return s.Gamma(1, 3) }, 3, 3},
		{"gamma 9, 0.5", func() float64 { return s.Gamma(9, 0.5) }, 4.5, 1.5},
		{"uniform", s.Float64, 0.5, 1 / math.Sqrt(12)},
		{"half normal", func() float64 { return s.TruncNormal(0, 1, 0, math.Inf(1)) },
			math.Sqrt(2 / math.Pi), math.Sqrt(1 - 2/math.Pi)},
	} {
		mean, sd := moments(200_000, c.draw)
		if math.Abs(mean-c.mean) > 0.02*c.mean || math.Abs(sd-c.sd) > 0.02*c.sd {
			t.Errorf("%s: mean %.4f sd %.4f, want %.4f and %.4f", c.name, mean, sd, c.mean, c.sd)
		}
	}
}

func TestPositiveInt(t *testing.T) {
	s := Seeded(1).Stream("ints")
	for _, c := range []struct {
		mean, sd float64
		want     int
	}{{550, 0, 550}, {0, 0, 1}, {2.5, 0, 2}, {3.5, -1, 4}, {0.4, 0, 1}} {
		if got := s.PositiveInt(c.mean, c.sd); got != c.want {
			t.Errorf("PositiveInt(%v, %v) = %d, want %d", c.mean, c.sd, got, c.want)
		}
	}
	for range 10_000 {
		if v := s.PositiveInt(2, 5); v < 1 {
			t.Fatalf("PositiveInt(2, 5) = %d", v)
		}
	}
	if v := s.TruncNormal(-1000, 1, 0, 1); v != 0 {
		t.Errorf("unreachable bounds gave %v, want the clamped mean 0", v)
	}
}

func TestPanics(t *testing.T) {
	s := Seeded(1).Stream("p")
	for name, f := range map[string]func(){
		"exp 0":        func() { s.Exp(0) },
		"gamma NaN":    func() { s.Gamma(math.NaN(), 1) },
		"gamma 1,0":    func() { s.Gamma(1, 0) },
		"lo above hi":  func() { s.TruncNormal(0, 1, 2, 1) },
		"empty choice": func() { s.IntN(0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f()
		}()
	}
}
