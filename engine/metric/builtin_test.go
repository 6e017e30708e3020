package metric

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// outOfScope are AIPerf's metrics of speculative decoding, and those that it
// never exports. A tag in neither this list nor the table fails the test.
var outOfScope = strings.Fields(`
	spec_decode_acceptance_length spec_decode_accepted_draft_tokens spec_decode_accepted_per_verified
	spec_decode_draft_acceptance_rate spec_decode_draft_tokens spec_decode_overall_draft_acceptance_rate
	spec_decode_steps spec_decode_token_weighted_acceptance_length
	total_accepted_draft_tokens total_draft_tokens total_spec_decode_steps
	credit_drop_latency min_request_timestamp max_response_timestamp replay_send_schedule_offset requested_osl
	stream_prefill_latency stream_setup_latency thinking_efficiency overall_thinking_efficiency`)

func readTable(t *testing.T) []map[string]string {
	t.Helper()
	f, err := os.Open("testdata/metrics.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func TestBuiltinEqualsTable(t *testing.T) {
	reg := Builtin()
	groups := map[string]Group{"none": GroupNone, "default": GroupDefault, "usage": GroupUsage, "effective": GroupEffective, "active": GroupActive,
		"gpu_power_efficiency_nvidia": GroupPowerNVIDIA, "gpu_power_efficiency_amd": GroupPowerAMD}
	needs := map[string]Flags{
		"": 0, "streaming": NeedsStreaming, "produces_tokens": NeedsOutputTokens, "tokenizes_input": NeedsInputTokens,
		"client_tokens": NeedsClientTokens, "slo": NeedsSLO, "http_client": NeedsHTTP, "fixed_schedule": NeedsSchedule,
		"supports_images": NeedsImages, "supports_audio": NeedsAudio, "produces_videos": NeedsVideo,
		"no_accuracy": 0, // there is no accuracy mode here
	}
	seen := 0
	for _, row := range readTable(t) {
		tag := row["tag"]
		d, ok := reg.Lookup(Tag(tag))
		if slices.Contains(outOfScope, tag) {
			if ok {
				t.Errorf("%s is listed as out of scope but defined", tag)
			}
			continue
		}
		if !ok {
			t.Errorf("%s is neither defined nor listed as out of scope", tag)
			continue
		}
		seen++
		check := func(what string, got, want any) {
			if got != want {
				t.Errorf("%s: %s is %v, want %v", tag, what, got, want)
			}
		}
		check("header", d.Header, row["header"])
		check("short", d.Short, row["short_header"])
		check("unit", string(d.Unit), row["display_unit"])
		stored := d.Stored
		if stored == "" {
			stored = d.Unit
		}
		// AIPerf gives adj_* the stored unit of their base.
		if d.Kind == Adjusted {
			base, _ := reg.Lookup(d.Base)
			check("base is adjusted", "adj_"+string(base.Tag), tag)
		}
		check("stored unit", string(stored), row["stored_unit"])
		kinds := map[string][]Kind{"record": {PerRecord, PerList}, "aggregate": {Aggregate}, "derived": {Derived}, "injected": {Sweep, Adjusted, Injected}}
		check("kind", slices.Contains(kinds[row["kind"]], d.Kind), true)
		check("list", d.Kind == PerList, strings.HasPrefix(row["value_type"], "list"))
		check("group", d.Group, groups[row["console_group"]])
		order, _ := strconv.Atoi(row["console_order"])
		check("order", d.Order, order)

		var want Flags
		if row["larger_is_better"] == "yes" {
			want |= LargerIsBetter
		}
		whole := row["value_type"] == "int" || row["value_type"] == "list[int]"
		if perRequest := row["kind"] == "record" || row["kind"] == "aggregate"; whole && perRequest {
			if row["stored_unit"] == row["display_unit"] {
				want |= Integer
			} else {
				want |= StoredInteger
			}
		}
		if d.Tag == GoodRequestCount {
			want |= Integer // the table has float, the files have 0 and 1
		}
		for n := range strings.SplitSeq(row["needs"], ",") {
			f, ok := needs[n]
			check("known need "+n, ok, true)
			want |= f
		}
		want |= map[string]Flags{"failed": OfFailed, "all": OfAll}[row["counted_over"]]
		if row["in_jsonl"] == "yes" {
			want |= InRecords
		}
		if row["hidden"] != "" {
			want |= Hidden
		}
		if d.Kind == Injected && !strings.HasPrefix(tag, "network_") { // AIPerf's slices have these
			want |= NotInSlice
		}
		for _, beside := range []string{"nvidia_", "amd_", "network_"} {
			if strings.HasPrefix(tag, beside) {
				want |= External
			}
		}
		check("flags", d.Flags, want)
		_, adj := reg.Lookup("adj_" + Tag(tag))
		check("has an adjusted form", adj, row["has_adj"] == "yes")
		if d.Doc == "" || !strings.HasSuffix(d.Doc, ".") {
			t.Errorf("%s: doc %q is not a sentence", tag, d.Doc)
		}
	}
	if seen != reg.Len() {
		t.Errorf("%d of %d definitions are in the table", seen, reg.Len())
	}
}

func TestBuiltinIsComplete(t *testing.T) {
	reg := Builtin()
	for i, d := range reg.Defs() {
		if d.ID != ID(i) {
			t.Errorf("%s has ID %d at position %d", d.Tag, d.ID, i)
		}
		formula := map[Kind]bool{
			PerRecord: d.Record != nil, PerList: d.List != nil, Derived: d.Derive != nil,
			Aggregate: d.Count != nil || d.Tag == GoodRequestCount, Sweep: true, Injected: true, Adjusted: d.Base != "",
		}
		if !formula[d.Kind] {
			t.Errorf("%s has no formula", d.Tag)
		}
		for _, tag := range append(slices.Clone(d.Needs), d.Wants...) {
			n, ok := reg.Lookup(tag)
			if !ok {
				t.Errorf("%s needs %s, which is not defined", d.Tag, tag)
			} else if n.ID >= d.ID && (n.Kind == d.Kind) {
				// Formulas of one kind run in table order.
				t.Errorf("%s needs %s, which comes later", d.Tag, tag)
			}
		}
		if len(d.Needs)+len(d.Wants) > len(Inputs{}) && d.Count != nil {
			t.Errorf("%s counts from more than %d metrics", d.Tag, len(Inputs{}))
		}
	}
	if a, b := Builtin(), Builtin(); a.Defs()[0] == b.Defs()[0] {
		t.Error("two registries share a definition, so adding to one changes the other")
	}
}
