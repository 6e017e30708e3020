package metric

import (
	"math"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	reg := Builtin()
	for in, want := range map[string]Tag{
		"ttft": TTFT, "ITL": ITL, "time_to_frist_token": TTFT, "Time To First Token": TTFT, "request-latency": RequestLatency,
	} {
		if got := reg.Nearest(in); got != want {
			t.Errorf("Nearest(%q) = %s, want %s", in, got, want)
		}
	}
	if got := reg.Nearest("foo"); got != "" {
		t.Errorf("Nearest(foo) = %s, want nothing", got)
	}
	for _, d := range reg.Defs() {
		if d.PerRequest() != (d.Kind == PerRecord && d.Tag != "error_isl" && !d.Has(Hidden)) {
			t.Errorf("%s: PerRequest is %v", d.Tag, d.PerRequest())
		}
		near, ok := reg.Lookup(reg.Nearest(string(d.Tag)))
		if ok && !near.PerRequest() || d.PerRequest() && near != d {
			t.Errorf("nearest to %s is %v", d.Tag, near)
		}
	}
}

func TestGood(t *testing.T) {
	reg := Builtin()
	ttft, _ := reg.Lookup(TTFT)
	tps, _ := reg.Lookup(OutputTokenThroughputPerUser)
	row := func(t, r float64) *Row {
		x := &Row{Vals: make([]float64, reg.Len())}
		x.Vals[ttft.ID], x.Vals[tps.ID] = t, r
		return x
	}
	ctx := &Context{Streaming: true, OutputTokens: true, SLOs: []SLO{{TTFT, 87.294351}, {OutputTokenThroughputPerUser, 20}}}
	ns := 87294351.0
	for _, tt := range []struct {
		name string
		row  *Row
		want bool
	}{
		{"both met", row(50, 30), true},
		// The shown value rounds, the stored nanoseconds decide.
		{"on the limits", row(ns*1e-6, 20), true},
		{"a nanosecond late", row((ns+1)*1e-6, 20), false},
		{"too slow", row(50, 19.99), false},
		{"no rate", row(50, math.NaN()), false},
	} {
		if got := reg.Plan(ctx).Good(tt.row); got != tt.want {
			t.Errorf("%s: Good is %v", tt.name, got)
		}
	}
	if reg.Plan(&Context{}).Good(row(1, 1)) {
		t.Error("a request is good without SLOs")
	}
	if err := reg.Plan(ctx).CheckSLOs(); err != nil {
		t.Error(err)
	}
	if err := reg.Plan(&Context{OutputTokens: true, SLOs: ctx.SLOs}).CheckSLOs(); err == nil || !strings.Contains(err.Error(), string(TTFT)+" cannot be a limit here: it needs --streaming") {
		t.Errorf("TTFT without streaming: %v", err)
	}
	if err := reg.Plan(&Context{Streaming: true, SLOs: ctx.SLOs}).CheckSLOs(); err == nil || strings.Contains(err.Error(), "--streaming") {
		t.Errorf("TTFT of an endpoint without tokens: %v", err)
	}
	if !(SLO{TTFT, 3}).Met(ttft, 3) || (SLO{TTFT, 3}).Met(ttft, 3.000001) {
		t.Error("Met does not compare to the limit")
	}
	if s := (SLO{TTFT, 200}).String(); s != "time_to_first_token:200" {
		t.Errorf("String is %q", s)
	}
}

func FuzzNearest(f *testing.F) {
	f.Add("ttft")
	f.Add("\x00\xff")
	reg := Builtin()
	f.Fuzz(func(t *testing.T, s string) {
		tag := reg.Nearest(s)
		if d, ok := reg.Lookup(tag); tag != "" && (!ok || !d.PerRequest()) {
			t.Errorf("Nearest(%q) = %v", s, d)
		}
	})
}
