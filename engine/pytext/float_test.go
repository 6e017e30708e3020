package pytext

import (
	"math"
	"testing"
)

func TestAppendFloatRepr(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0.0", 7: "7.0", -2.5: "-2.5", 0.1: "0.1", 1e15: "1000000000000000.0", 123456789012345680: "1.2345678901234568e+17",
		1e16: "1e+16", 1e-4: "0.0001", 1e-5: "1e-05", 1.5e-7: "1.5e-07", 1e100: "1e+100", 5e-324: "5e-324",
		math.Inf(1): "inf", math.Inf(-1): "-inf",
	} {
		if got := string(AppendFloatRepr(nil, v)); got != want {
			t.Errorf("AppendFloatRepr(%v) = %q, want %q", v, got, want)
		}
	}
	if got := string(AppendFloatRepr(nil, math.NaN())); got != "nan" {
		t.Errorf("NaN: %q", got)
	}
}
