package stats

import (
	"encoding/binary"
	"math"
	"testing"
)

// fill makes blockRows values of a kind.
func fill(f func(i int) float64) []float64 {
	vals := make([]float64, blockRows)
	for i := range vals {
		vals[i] = f(i)
	}
	return vals
}

func TestBlockForms(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		name string
		vals []float64
		size int // at most
	}{
		{"absent", fill(func(int) float64 { return nan }), 9},
		{"constant", fill(func(int) float64 { return 0.1 }), 9},
		{"token counts", fill(func(i int) float64 { return float64(40 + i%200) }), 11 + blockRows},
		{"milliseconds", fill(func(i int) float64 { return float64(50_000_000+i*997) * 1e-6 }), 11 + 3*blockRows},
		{"kilobytes", fill(func(i int) float64 { return float64(300+i%300) / 1024 }), 11 + 2*blockRows},
		{"times", fill(func(i int) float64 { return float64(i) * 70e6 }), 11 + 5*blockRows},
		{"negative", fill(func(i int) float64 { return float64(i%100 - 50) }), 11 + blockRows},
		{"few ratios", fill(func(i int) float64 { return 100 * float64(i%7) / 24 }), 2 + 7*8 + blockRows},
		{"rates", fill(func(i int) float64 { return 1 / (0.004 + float64(i)*1e-7) }), 1 + 8*blockRows},
		{"huge and tiny", fill(func(i int) float64 { return math.Ldexp(1.7, i%600-300) }), 1 + 8*blockRows},
		{"negative zero", fill(func(i int) float64 { return math.Copysign(0, float64(i%2)-0.5) }), 2 + 2*8 + blockRows},
		{"every third absent", fill(func(i int) float64 {
			if i%3 == 0 {
				return nan
			}
			return float64(i)
		}), 11 + blockRows/8 + 2*blockRows},
		{"last one absent", fill(func(i int) float64 {
			if i == blockRows-1 {
				return nan
			}
			return 5
		}), 11 + blockRows/8},
	}
	var c coder
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := c.encode(tt.vals)
			if len(b) > tt.size {
				t.Errorf("%d bytes, want at most %d", len(b), tt.size)
			}
			sameFloats(t, decoded(b), tt.vals)
		})
	}
}

func decoded(b []byte) []float64 {
	got := make([]float64, blockRows)
	decode(got, b)
	return got
}

// sameFloats compares bit by bit; all NaN are the same.
func sameFloats(t *testing.T, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
			t.Fatalf("value %d is %v, want %v", i, got[i], want[i])
		}
	}
}

func FuzzBlock(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, uint8(0))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0xf8, 0x7f}, uint8(1))
	f.Add([]byte("some values of one chunk"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, scale uint8) {
		if len(data) < 8 {
			return
		}
		unit := []float64{1, 1e-6, 1.0 / 1024, 0}[scale%4]
		vals := fill(func(i int) float64 {
			bits := binary.LittleEndian.Uint64(data[i*3%(len(data)-7):])
			if unit == 0 {
				return math.Float64frombits(bits)
			}
			return float64(int64(bits)>>(bits%64)) * unit
		})
		var c coder
		sameFloats(t, decoded(c.encode(vals)), vals)
	})
}
