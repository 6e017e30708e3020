package transport

import (
	"testing"
	"time"

	"tacho/engine/record"
)

func TestAxisStep(t *testing.T) {
	a := newAxis()
	true0 := a.off.Load()
	for i, plant := range []time.Duration{5 * time.Second, -time.Hour} { // as if the wall clock had been set
		a.off.Store(true0 + int64(plant))
		now := time.Now()
		user := record.At(now)
		k, ok := a.place(now.UnixNano()-int64(time.Millisecond), now, user, user-int64(time.Second))
		if late := time.Duration(user - k); !ok || late < 900*time.Microsecond || late > 1100*time.Microsecond {
			t.Errorf("a stamp of 1 ms ago after a step of %v: %v late, accepted %v", plant, late, ok)
		}
		if got := a.steps.Load(); got != int64(i+1) {
			t.Errorf("%d steps counted, want %d", got, i+1)
		}
	}
	if d := abs(a.off.Load() - true0); d > stepNS {
		t.Errorf("offset is %v off after the steps", time.Duration(d))
	}
}

// TestAxisTornPair gives place a pair of clock readings with a preemption
// between them: the offset stays, and so does the stamp.
func TestAxisTornPair(t *testing.T) {
	a := newAxis()
	off := a.off.Load()
	now := time.Now()
	user := record.At(now) - int64(20*time.Millisecond)
	a.place(now.UnixNano(), now, user, 0)
	if a.off.Load() != off || a.steps.Load() != 0 {
		t.Errorf("offset moved by %d, %d steps", a.off.Load()-off, a.steps.Load())
	}
}

func TestAxisRefuses(t *testing.T) {
	a := newAxis()
	ms := int64(time.Millisecond)
	for _, c := range []struct {
		name         string
		ago, floor   int64 // before the read
		refused      bool
		wantLateness int64
	}{
		{"now", 0, 100 * ms, false, 0},
		{"late by 50 ms", 50 * ms, 100 * ms, false, 50 * ms},
		{"a little after the read", -2 * ms, 100 * ms, false, 0},
		{"long after the read", -10 * ms, 100 * ms, true, 0},
		{"a little before the floor", 102 * ms, 100 * ms, false, 102 * ms},
		{"long before the floor", 110 * ms, 100 * ms, true, 0},
	} {
		now := time.Now()
		user := record.At(now)
		k, ok := a.place(now.UnixNano()-c.ago, now, user, user-c.floor)
		// now's two readings are a nanosecond scale apart, the offset's bracket more.
		if ok == c.refused || abs(user-k-c.wantLateness) > int64(500*time.Microsecond) || k > user {
			t.Errorf("%s: lateness %v, accepted %v", c.name, time.Duration(user-k), ok)
		}
	}
}

func TestHistogram(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 || h.Count() != 0 {
		t.Error("an empty histogram has values")
	}
	for i := range buckets - 1 {
		lo := int64(0)
		if i > 0 {
			lo = h.Bound(i - 1)
		}
		hi := h.Bound(i) - 1
		if bucketOf(lo) != i || bucketOf(hi) != i || hi <= lo {
			t.Fatalf("bucket %d is [%d, %d], but they fall into %d and %d", i, lo, hi, bucketOf(lo), bucketOf(hi))
		}
		if i > 0 && float64(hi) > 1.25*float64(lo) {
			t.Errorf("bucket %d is [%d, %d], wider than 25 %%", i, lo, hi)
		}
	}
	if bucketOf(-1) != 0 || bucketOf(h.Bound(buckets-2)) != buckets-1 || bucketOf(1<<62) != buckets-1 {
		t.Error("values outside of the range have no bucket at its ends")
	}
	for ns := int64(1); ns <= 1000; ns++ {
		h[bucketOf(ns*1000)]++
	}
	for _, q := range []float64{0.01, 0.5, 0.99, 1} {
		if got, exact := h.Quantile(q), q*1e6; float64(got) < exact || float64(got) > 1.26*exact+1024 {
			t.Errorf("Quantile(%v) = %d, want %v to 1.25 times that", q, got, exact)
		}
	}
}
