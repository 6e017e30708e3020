package stats

import "math"

// Sketch counts numbers in buckets of about equal relative width, so that any
// percentile is known to a fixed relative error in little memory. It takes only
// what is at least 0; the least and largest value and the mean are exact.
// Sketches of one precision can be merged.
type Sketch struct {
	bits     uint // 2^bits buckets per factor of two
	lo       int  // exponent of the first octave
	octaves  [][]uint32
	zeros    int64 // numbers below the smallest octave
	n        int64
	min, max float64
	sum      float64
}

// The exponents of two that have buckets: from a few ten-millionths to 10^13.
const minOctave, maxOctave = -24, 43

// NewSketch returns an empty sketch with 2^bits buckets per factor of two: the
// relative error of a percentile is at most 2^-(bits+1). 9 bits are 0.1 %.
func NewSketch(bits uint) *Sketch {
	return &Sketch{bits: bits, min: math.Inf(1), max: math.Inf(-1)}
}

// Add counts a number; NaN and negative ones are left out.
func (s *Sketch) Add(v float64) {
	if !(v >= 0) {
		return
	}
	s.n++
	s.sum += v
	s.min, s.max = min(s.min, v), max(s.max, v)
	b := math.Float64bits(v)
	exp := int(b>>52) - 1023
	if exp < minOctave {
		s.zeros++
		return
	}
	i := b & (1<<52 - 1) >> (52 - s.bits)
	if exp > maxOctave {
		exp, i = maxOctave, 1<<s.bits-1
	}
	s.octave(exp)[i]++
}

// octave returns the buckets of an exponent, made when first needed.
func (s *Sketch) octave(exp int) []uint32 {
	if len(s.octaves) == 0 {
		s.lo = exp
	}
	for exp < s.lo {
		s.octaves = append([][]uint32{nil}, s.octaves...)
		s.lo--
	}
	for exp-s.lo >= len(s.octaves) {
		s.octaves = append(s.octaves, nil)
	}
	o := s.octaves[exp-s.lo]
	if o == nil {
		o = make([]uint32, 1<<s.bits)
		s.octaves[exp-s.lo] = o
	}
	return o
}

// Merge adds the counts of another sketch of the same precision.
func (s *Sketch) Merge(o *Sketch) {
	s.n += o.n
	s.zeros += o.zeros
	s.sum += o.sum
	s.min, s.max = min(s.min, o.min), max(s.max, o.max)
	for i, from := range o.octaves {
		if from == nil {
			continue
		}
		to := s.octave(o.lo + i)
		for j, n := range from {
			to[j] += n
		}
	}
}

// Reset empties the sketch and keeps its memory.
func (s *Sketch) Reset() {
	for _, o := range s.octaves {
		clear(o)
	}
	s.n, s.zeros, s.sum = 0, 0, 0
	s.min, s.max = math.Inf(1), math.Inf(-1)
}

// Count is how many numbers were counted.
func (s *Sketch) Count() int64 { return s.n }

// Mean, Min and Max are exact; NaN without a number.
func (s *Sketch) Mean() float64 { return s.sum / float64(s.n) }

// Min is the least number.
func (s *Sketch) Min() float64 { return s.orNaN(s.min) }

// Max is the largest number.
func (s *Sketch) Max() float64 { return s.orNaN(s.max) }

func (s *Sketch) orNaN(v float64) float64 {
	if s.n == 0 {
		return math.NaN()
	}
	return v
}

// Quantile returns the number of nearest rank to q (0..1), up to the error of
// the sketch; NaN without a number.
func (s *Sketch) Quantile(q float64) float64 {
	var out [1]float64
	s.Quantiles(out[:], q)
	return out[0]
}

// Quantiles is Quantile for several ascending qs, into dst.
func (s *Sketch) Quantiles(dst []float64, qs ...float64) {
	for i := range dst {
		dst[i] = math.NaN()
	}
	if s.n == 0 {
		return
	}
	seen, k := s.zeros, 0
	for ; k < len(qs) && s.rank(qs[k]) < seen; k++ {
		dst[k] = s.min
	}
	for i, o := range s.octaves {
		for j, n := range o {
			if n == 0 {
				continue
			}
			seen += int64(n)
			for ; k < len(qs) && s.rank(qs[k]) < seen; k++ {
				mid := math.Ldexp(1+(float64(j)+0.5)/float64(int(1)<<s.bits), s.lo+i)
				dst[k] = min(max(mid, s.min), s.max)
			}
		}
	}
}

func (s *Sketch) rank(q float64) int64 { return int64(q*float64(s.n-1) + 0.5) }
