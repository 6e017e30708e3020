// Package figure writes numbers for people: at most four significant digits,
// "–" for what is not known, and never a unit where the row or column has one.
package figure

import (
	"math"
	"strconv"
	"time"

	"tacho/engine/metric"
)

// Unknown stands for a number that is not known. It is never written as 0.
const Unknown = "–"

// known reports a number that can be shown.
func known(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// Num writes v with three significant digits below a thousand, whole below ten
// thousand, and with k, M, G or T above: 0.082, 2.61, 18.2, 182, 3,512, 12.3k.
func Num(v float64) string {
	if !known(v) {
		return Unknown
	}
	if v < 0 {
		return "-" + Num(-v)
	}
	switch {
	case v == 0:
		return "0"
	case v < 0.0005:
		return "<.001"
	case v < 0.9995:
		return strconv.FormatFloat(v, 'f', 3, 64)
	case v < 9.995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < 99.95:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v < 9999.5:
		return group(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return suffixed(v)
}

// suffixes are of the powers of a thousand.
const suffixes = "kMGTPE"

func suffixed(v float64) string {
	i := -1
	for v >= 999.5 && i < len(suffixes)-1 {
		v /= 1000
		i++
	}
	digits := 0
	switch {
	case v < 9.995:
		digits = 2
	case v < 99.95:
		digits = 1
	}
	if v >= 9999.5 {
		return strconv.FormatFloat(v, 'e', 1, 64)
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + suffixes[i:i+1]
}

// Count writes a whole number in full below a million, so that progress can be
// seen to move, and short above: 999,999 then 1.234M.
func Count(n int64) string {
	switch {
	case n < 0:
		return Unknown
	case n < 1_000_000:
		return group(strconv.FormatInt(n, 10))
	}
	v, i := float64(n), -1
	for v >= 999.95 && i < len(suffixes)-1 {
		v /= 1000
		i++
	}
	d := 3
	switch {
	case v >= 100:
		d = 1
	case v >= 10:
		d = 2
	}
	return strconv.FormatFloat(v, 'f', d, 64) + suffixes[i:i+1]
}

// Counted writes a number with its noun, which must take an s in the plural.
func Counted(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// group puts a comma before each three digits.
func group(s string) string {
	if len(s) <= 3 {
		return s
	}
	b := make([]byte, 0, len(s)+len(s)/3)
	for i := range len(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, s[i])
	}
	return string(b)
}

// Share writes a share of 1 as a percentage without the sign: 98.1, 100, 0.02.
// Only a share of exactly one is "100" and only one of exactly none is "0".
func Share(v float64) string {
	if !known(v) {
		return Unknown
	}
	p := v * 100
	switch {
	case p == 0:
		return "0"
	case p == 100:
		return "100"
	case p < 0.01:
		return "<.01"
	case p < 1:
		return strconv.FormatFloat(p, 'f', 2, 64)
	case p < 100:
		// Rounding must not claim a hundred that was not reached.
		return strconv.FormatFloat(math.Min(p, 99.9), 'f', 1, 64)
	}
	return Num(p)
}

// Whole writes a share of 1 as whole per cent without the sign, rounded down.
func Whole(v float64) string {
	if !known(v) {
		return Unknown
	}
	return strconv.FormatFloat(math.Floor(v*100+1e-9), 'f', 0, 64)
}

// Bytes writes a size with its unit: 812 B, 3.21 MB.
func Bytes(n int64) string {
	switch {
	case n < 0:
		return Unknown
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	}
	s := suffixed(float64(n))
	return s[:len(s)-1] + " " + s[len(s)-1:] + "B"
}

// Clock writes a duration as 01:12 or 1:02:33, and 2d 03:04 beyond a day;
// negative is not known.
func Clock(d time.Duration) string {
	if d < 0 {
		return Unknown
	}
	s := int64(d / time.Second)
	switch {
	case s < 3600:
		return two(s/60) + ":" + two(s%60)
	case s < 86400:
		return strconv.FormatInt(s/3600, 10) + ":" + two(s/60%60) + ":" + two(s%60)
	}
	return strconv.FormatInt(s/86400, 10) + "d " + two(s/3600%24) + ":" + two(s/60%60)
}

// Instant writes a moment of a run to the millisecond: 01:12.345; negative is
// not known.
func Instant(d time.Duration) string {
	if d < 0 {
		return Unknown
	}
	d = d.Round(time.Millisecond)
	ms := strconv.FormatInt(int64(d/time.Millisecond)%1000, 10)
	return Clock(d) + "." + "000"[len(ms):] + ms
}

func two(n int64) string {
	if n < 10 {
		return "0" + strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10)
}

// Span writes a round duration with its unit, for slices and axes: 10 s, 1.5 min.
func Span(d time.Duration) string {
	switch {
	case d < time.Second:
		return Num(float64(d)/1e6) + " ms"
	case d < 2*time.Minute:
		return trim(d.Seconds()) + " s"
	case d < 2*time.Hour:
		return trim(d.Minutes()) + " min"
	}
	return trim(d.Hours()) + " h"
}

func trim(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'g', -1, 64) }

// Scale is the unit that one row of numbers is written in.
type Scale struct {
	// Unit is the short name for the head of the row; empty for pure numbers.
	Unit string
	// Factor turns a display unit of the metric into Unit.
	Factor float64
}

// ScaleFor chooses a row's unit: milliseconds become seconds when the row's
// typical value is a second or more. Units that say no more than the metric's
// name are left out.
func ScaleFor(u metric.Unit, typical float64) Scale {
	switch u {
	case metric.Milliseconds:
		if known(typical) && typical >= 1000 {
			return Scale{"s", 1e-3}
		}
		return Scale{"ms", 1}
	case metric.Seconds:
		return Scale{"s", 1}
	case metric.TokensPerSec:
		return Scale{"tok/s", 1}
	case metric.RequestsPerSec:
		return Scale{"req/s", 1}
	case metric.TokensPerSecUser:
		return Scale{"", 1} // its names say "per user" and little else fits
	case metric.Tokens:
		return Scale{"tok", 1}
	case metric.Ratio, metric.Count, metric.Requests:
		return Scale{"", 1}
	}
	return Scale{string(u), 1}
}

// Of writes one value of the row.
func (s Scale) Of(v float64) string { return Num(v * s.Factor) }

// Round writes a round number below a thousand without trailing zeros, for
// axis labels: 0.5, 1, 2.5, 200.
func Round(v float64) string {
	if !known(v) {
		return Unknown
	}
	return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'g', 4, 64)
}

// Short writes a number that a person chose, without trailing zeros: 0.5, 25,
// 1,000, 50k, 2M.
func Short(v float64) string {
	if math.Abs(v) < 1000 {
		return Round(v)
	}
	s := Num(v)
	n := len(s) - 1
	if n < 2 || s[n] < 'A' {
		return s
	}
	head := s[:n]
	for i := range len(head) {
		if head[i] == '.' {
			for head[len(head)-1] == '0' {
				head = head[:len(head)-1]
			}
			if head[len(head)-1] == '.' {
				head = head[:len(head)-1]
			}
			break
		}
	}
	return head + s[n:]
}

// Change writes a relative change with its bounds in per cent: -12 % [-16, -9].
// Unknown bounds are left out.
func Change(v, low, high float64) string {
	if !known(v) {
		return Unknown
	}
	s := signed(v) + " %"
	if known(low) && known(high) {
		s += " [" + signed(low) + ", " + signed(high) + "]"
	}
	return s
}

// signed writes a share in per cent with its sign, to two digits.
func signed(v float64) string {
	p := v * 100
	digits := 0
	if math.Abs(p) < 9.95 {
		digits = 1
	}
	s := strconv.FormatFloat(p, 'f', digits, 64)
	switch {
	case s == "-0.0" || s == "0.0" || s == "-0":
		return "0"
	case p > 0:
		return "+" + s
	}
	return s
}
