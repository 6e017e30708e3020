package aiperf

import (
	"math"
	"testing"
)

func TestAppendConsole(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0.00"}, {999.995, "1,000.00"}, {15305.594, "15,305.59"}, {-1234567.891, "-1,234,567.89"}, {math.NaN(), "N/A"},
		{math.Inf(1), "N/A"}, {12, "12.00"}, {1e9, "1,000,000,000.00"},
	} {
		if got := string(appendConsole(nil, c.v)); got != c.want {
			t.Errorf("appendConsole(%v) = %s, want %s", c.v, got, c.want)
		}
	}
}
