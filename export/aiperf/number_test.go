package aiperf

import (
	"math"
	"testing"
)

// TestAppendFloat holds what orjson 3 prints for these values.
func TestAppendFloat(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0.0"}, {24, "24.0"}, {-1.5, "-1.5"}, {87.29435099999999, "87.29435099999999"},
		{0.1, "0.1"}, {1e-4, "0.0001"}, {1e-5, "0.00001"}, {1.5e-5, "0.000015"}, {9.9e-6, "9.9e-6"}, {1e-6, "1e-6"},
		{1e15, "1000000000000000.0"}, {1e16, "1e+16"}, {1.2345e17, "1.2345e+17"}, {1e-10, "1e-10"}, {5e-324, "5e-324"},
		{math.Copysign(0, -1), "-0.0"}, {1795499788984711204, "1.7954997889847112e+18"},
	} {
		if got := string(appendFloat(nil, c.v)); got != c.want {
			t.Errorf("appendFloat(%v) = %s, want %s", c.v, got, c.want)
		}
	}
}

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
