package metric

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestParseGoodput(t *testing.T) {
	reg := Builtin()
	tests := []struct {
		in   string
		want []SLO
		err  []string // parts of the message
	}{
		{in: "request_latency:200 inter_token_latency:10", want: []SLO{{RequestLatency, 200}, {ITL, 10}}},
		{in: "  time_to_first_token:0.5\t", want: []SLO{{TTFT, 0.5}}},
		{in: "output_token_throughput_per_user:1e2", want: []SLO{{OutputTokenThroughputPerUser, 100}}},
		{in: "", err: []string{"no condition"}},
		{in: "ttft:200", err: []string{`"ttft" is not a known metric`, "time_to_first_token"}},
		{in: "time_to_frist_token:200", err: []string{"time_to_frist_token", "nearest is time_to_first_token"}},
		{in: "ITL:3 latency:2", err: []string{"inter_token_latency", `"latency"`, "; "}},
		{in: "request_latency", err: []string{"is not tag:limit"}},
		{in: "request_latency:", err: []string{`"" is not a limit for request_latency: give a number of ms`}},
		{in: "request_latency:NaN", err: []string{"is not a limit"}},
		{in: "request_latency:-3", err: []string{"is not a limit"}},
		{in: "request_latency:1 request_latency:2", err: []string{"given twice"}},
		{in: "request_throughput:5", err: []string{"has no value per request"}},
		{in: "error_isl:5", err: []string{"has no value per request"}},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := ParseGoodput(tt.in, reg)
			if !slices.Equal(got, tt.want) || (err != nil) != (tt.err != nil) {
				t.Fatalf("ParseGoodput(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
			}
			for _, part := range tt.err {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
		})
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
		if got := reg.Good(ctx, tt.row); got != tt.want {
			t.Errorf("%s: Good is %v", tt.name, got)
		}
	}
	if reg.Good(&Context{}, row(1, 1)) {
		t.Error("a request is good without SLOs")
	}
	if err := reg.Plan(ctx).CheckSLOs(); err != nil {
		t.Error(err)
	}
	if err := reg.Plan(&Context{OutputTokens: true, SLOs: ctx.SLOs}).CheckSLOs(); err == nil || !strings.Contains(err.Error(), string(TTFT)) {
		t.Errorf("TTFT without streaming: %v", err)
	}
	if !(SLO{TTFT, 3}).Met(ttft, 3) || (SLO{TTFT, 3}).Met(ttft, 3.000001) {
		t.Error("Met does not compare to the limit")
	}
	if s := (SLO{TTFT, 200}).String(); s != "time_to_first_token:200" {
		t.Errorf("String is %q", s)
	}
}

func FuzzParseGoodput(f *testing.F) {
	for _, s := range []string{"request_latency:200 inter_token_latency:10", "ttft:1", ":", "a:b:c", "request_latency:1e999", "\x00:\xff"} {
		f.Add(s)
	}
	reg := Builtin()
	f.Fuzz(func(t *testing.T, s string) {
		slos, err := ParseGoodput(s, reg)
		if (err == nil) == (len(slos) == 0) {
			t.Fatalf("ParseGoodput(%q) = %v, %v", s, slos, err)
		}
		var again []string
		for _, x := range slos {
			again = append(again, x.String())
		}
		if err == nil {
			if got, err := ParseGoodput(strings.Join(again, " "), reg); err != nil || !slices.Equal(got, slos) {
				t.Fatalf("%q read again: %v, %v, want %v", again, got, err, slos)
			}
		}
	})
}
