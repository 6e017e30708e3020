package figure

import (
	"math"
	"strings"
	"testing"
	"time"

	"tacho/engine/metric"
)

func TestNum(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{math.NaN(), "–"}, {math.Inf(1), "–"}, {0, "0"}, {0.0001, "<.001"}, {0.082, "0.082"}, {0.9996, "1.00"},
		{2.614, "2.61"}, {9.996, "10.0"}, {18.24, "18.2"}, {99.96, "100"}, {182.4, "182"}, {3512, "3,512"}, {9999.4, "9,999"},
		{9999.6, "10.0k"}, {12345, "12.3k"}, {999_600, "1.00M"}, {1.234e6, "1.23M"}, {1.5e9, "1.50G"}, {-18.24, "-18.2"}, {1e30, "1.0e+12"},
	} {
		if got := Num(c.v); got != c.want {
			t.Errorf("Num(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

// TestNumDigits holds the rule itself over many sizes.
func TestNumDigits(t *testing.T) {
	for e := -6.0; e < 17; e += 0.013 {
		s := Num(math.Pow(10, e))
		digits := strings.Trim(strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s), "")
		if len(strings.TrimLeft(digits, "0")) > 4 {
			t.Errorf("Num(1e%.3f) = %q has more than four significant digits", e, s)
		}
		if len(s) > 6 {
			t.Errorf("Num(1e%.3f) = %q is wider than 6", e, s)
		}
	}
}

func TestCount(t *testing.T) {
	for _, c := range []struct {
		n    int64
		want string
	}{
		{-1, "–"}, {0, "0"}, {1203, "1,203"}, {999_999, "999,999"}, {1_234_567, "1.235M"}, {12_345_678, "12.35M"},
		{123_456_789, "123.5M"}, {999_960_000, "1.000G"}, {math.MaxInt64, "9.223E"},
	} {
		if got := Count(c.n); got != c.want {
			t.Errorf("Count(%d) = %q, want %q", c.n, got, c.want)
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{math.NaN(), "–"}, {0, "0"}, {1, "100"}, {0.99999, "99.9"}, {0.981, "98.1"}, {0.0042, "0.42"}, {0.00001, "<.01"},
	} {
		if got := Share(c.v); got != c.want {
			t.Errorf("Share(%v) = %q, want %q", c.v, got, c.want)
		}
	}
	if got := Whole(0.9999); got != "99" {
		t.Errorf("Whole(0.9999) = %q, want 99: a bar is full only at the end", got)
	}
}

func TestClockSpanBytes(t *testing.T) {
	for got, want := range map[string]string{
		Clock(-1):                           "–",
		Clock(72 * time.Second):             "01:12",
		Clock(time.Hour + 2*time.Minute):    "1:02:00",
		Clock(51*time.Hour + 4*time.Minute): "2d 03:04",
		Span(10 * time.Second):              "10 s",
		Span(90 * time.Minute):              "90 min",
		Span(250 * time.Millisecond):        "250 ms",
		Bytes(-1):                           "–",
		Bytes(812):                          "812 B",
		Bytes(45_200_000):                   "45.2 MB",
		Bytes(3210):                         "3.21 kB",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestScale(t *testing.T) {
	if s := ScaleFor(metric.Milliseconds, 2660); s.Unit != "s" || s.Of(4810) != "4.81" {
		t.Errorf("ScaleFor(ms, 2660) = %+v, Of(4810) = %q", s, s.Of(4810))
	}
	if s := ScaleFor(metric.Milliseconds, math.NaN()); s.Unit != "ms" || s.Of(math.NaN()) != Unknown {
		t.Errorf("ScaleFor(ms, NaN) = %+v", s)
	}
}

func TestShort(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{{math.NaN(), "–"}, {0, "0"}, {0.25, "0.25"}, {25, "25"}, {300, "300"}, {1000, "1,000"}, {50_000, "50k"}, {2e6, "2M"}, {1.25e9, "1.25G"}} {
		if got := Short(c.v); got != c.want {
			t.Errorf("Short(%v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestInstant(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{{0, "00:00.000"}, {72*time.Second + 45*time.Millisecond, "01:12.045"}, {59*time.Second + 999_600*time.Microsecond, "01:00.000"}, {-1, Unknown}} {
		if got := Instant(c.d); got != c.want {
			t.Errorf("Instant(%v) = %q, want %q", c.d, got, c.want)
		}
	}
}

func TestChange(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		v, lo, hi float64
		want      string
	}{{-0.12, -0.16, -0.09, "-12 % [-16, -9.0]"}, {0.034, nan, nan, "+3.4 %"}, {0, -0.0001, 0.0001, "0 % [0, 0]"}, {nan, 1, 2, Unknown}, {1.5, nan, 2, "+150 %"}} {
		if got := Change(c.v, c.lo, c.hi); got != c.want {
			t.Errorf("Change(%v, %v, %v) = %q, want %q", c.v, c.lo, c.hi, got, c.want)
		}
	}
}
