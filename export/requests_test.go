package export

import (
	"encoding/csv"
	"math"
	"strings"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/record"
)

func TestRequestsCSV(t *testing.T) {
	reg := metric.Builtin()
	set := func(r *metric.Row, tag metric.Tag, v float64) {
		d, ok := reg.Lookup(tag)
		if !ok {
			t.Fatalf("no metric %s", tag)
		}
		for len(r.Vals) < reg.Len() {
			r.Vals = append(r.Vals, math.NaN())
		}
		r.Vals[d.ID] = v
	}
	good := metric.Row{Meta: record.Meta{RequestID: "r1", Model: "a,b", StartNS: 1795500348287106585, Phase: record.Phase{Kind: record.Profiling}}}
	set(&good, metric.TTFT, 250)
	set(&good, metric.RequestLatency, 1500)
	set(&good, metric.ISL, 64)
	set(&good, metric.OSL, 20)
	bad := metric.Row{Meta: good.Meta, Err: &record.Failure{Kind: record.ErrHTTP5xx, Code: 500, Type: "Internal Server Error", Message: "say \"no\"\nplease"}}
	set(&bad, "error_isl", 7)
	warm := metric.Row{Meta: record.Meta{Phase: record.Phase{Kind: record.Warmup}}}

	enc := RequestsEncoder(reg)
	text := []byte(RequestsHeader)
	for _, r := range []*metric.Row{&warm, &good, &bad} {
		text = enc(text, r, nil)
	}
	got, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		strings.Split(strings.TrimSpace(RequestsHeader), ","),
		{"r1", "a,b", "2026-11-24T06:05:48.287106585Z", "0.25", "", "1.5", "", "64", "20", ""},
		{"r1", "a,b", "2026-11-24T06:05:48.287106585Z", "", "", "", "", "7", "", "500 Internal Server Error: say \"no\"\nplease"},
	}
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d:\n%s", len(got), len(want), text)
	}
	for i := range want {
		if strings.Join(got[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("row %d\n got %q\nwant %q", i, got[i], want[i])
		}
	}
}

func TestErrorText(t *testing.T) {
	for want, f := range map[string]record.Failure{
		"500 Internal Server Error: body":                {Code: 500, Type: "Internal Server Error", Message: "body"},
		"ClientOSError(104, 'Connection reset by peer')": {Type: "ClientOSError", Message: "ClientOSError(104, 'Connection reset by peer')"},
		"502 SSEResponseError('x')":                      {Code: 502, Type: "SSEResponseError", Message: "SSEResponseError('x')"},
		"404 Not Found":                                  {Code: 404, Type: "Not Found"},
		"no type":                                        {Message: "no type"},
		"timeout":                                        {Kind: record.ErrTimeout},
	} {
		if got := errorText(&f); got != want {
			t.Errorf("errorText(%+v) = %q, want %q", f, got, want)
		}
	}
}
