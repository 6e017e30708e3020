package replay

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/record"
)

const goldenDir = "../../testdata/aiperf-0.13"

func open(t *testing.T, dir string) *Dir {
	t.Helper()
	d, err := Open(filepath.Join(goldenDir, dir))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOpen(t *testing.T) {
	d := open(t, "rate_warmup")
	start, end, ok := d.Window()
	if !ok || start != 1795499788984711204 || end != 1795499791488035841 {
		t.Errorf("window %d..%d, %v: not that of the phase manifest", start, end, ok)
	}
	d = open(t, "chat_stream")
	want := Config{
		Models: []string{"mock-model"}, URLs: []string{"http://127.0.0.1:18800"}, EndpointType: "chat", Streaming: true,
		SliceNS: 1e9, ShowTrace: true, Concurrency: 4,
		SLOs: []metric.SLO{{Tag: metric.ITL, Limit: 10}, {Tag: metric.RequestLatency, Limit: 200}},
	}
	if !reflect.DeepEqual(d.Config, want) {
		t.Errorf("config %+v, want %+v", d.Config, want)
	}
	if c := open(t, "trace_replay").Config; !c.FixedSchedule {
		t.Errorf("trace_replay: %+v", c)
	}
	if c := open(t, "rate_warmup").Config; c.Rate != 25 || c.Concurrency != 0 {
		t.Errorf("rate_warmup: %+v", c)
	}
	if c := open(t, "embeddings").Context; c.OutputTokens || !c.InputTokens {
		t.Errorf("embeddings: %+v", c)
	}
	if c := open(t, "reasoning_server_tokens").Context; !c.ServerTokens {
		t.Errorf("reasoning_server_tokens: %+v", c)
	}
}

// TestOpenSaysWhatIsMissing goes by directories that lack something.
func TestOpenSaysWhatIsMissing(t *testing.T) {
	for dir, want := range map[string]string{
		"all_fail":      "profile_export_aiperf.json",
		"summary_level": "profile_export.jsonl",
	} {
		d := open(t, dir)
		var names []string
		for _, m := range d.Missing {
			names = append(names, m.Name)
		}
		if !strings.Contains(strings.Join(names, " "), want) {
			t.Errorf("%s: missing %v, want %s", dir, names, want)
		}
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "profile_export.jsonl") {
		t.Errorf("an empty folder opens: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "nothing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestRowsOfAllFailed(t *testing.T) {
	d := open(t, "all_fail")
	n := 0
	damage, err := d.Rows(func(row *metric.Row) error {
		if row.Err == nil || row.Err.Kind != record.ErrRefused {
			t.Errorf("row %d: %+v", n, row.Err)
		}
		n++
		return nil
	})
	if err != nil || n != 8 || !reflect.DeepEqual(damage, Damage{}) {
		t.Errorf("%d rows, %+v, %v", n, damage, err)
	}
}

func TestRowsOfADamagedFile(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(goldenDir, "chat_stream/profile_export.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	cut := lines[3][:len(lines[3])/2]
	for _, c := range []struct {
		name, text string
		rows       int
		lines      []int64
		cut        bool
	}{
		{"whole", strings.Join(lines[:3], ""), 3, nil, false},
		{"last line without end", strings.TrimSuffix(strings.Join(lines[:3], ""), "\n"), 3, nil, false},
		{"cut last line", lines[0] + lines[1] + cut, 2, nil, true},
		{"cut line in the middle", lines[0] + cut + "\n" + lines[2], 2, []int64{2}, false},
		{"garbage and blank lines", "\n{}\n" + lines[0] + "\x00\x00\n\r\n" + lines[1], 2, []int64{2, 4}, false},
		{"empty", "", 0, nil, false},
	} {
		n := 0
		damage, err := readRows(strings.NewReader(c.text), metric.Builtin(), func(*metric.Row) error { n++; return nil })
		var at []int64
		for _, l := range damage.First {
			at = append(at, l.Line)
		}
		if err != nil || n != c.rows || !reflect.DeepEqual(at, c.lines) || damage.CutLast != c.cut || damage.Lines != int64(len(c.lines)) {
			t.Errorf("%s: %d rows, %+v, %v; want %d rows, damage at %v, cut %v", c.name, n, damage, err, c.rows, c.lines, c.cut)
		}
	}
}

func TestRowsStopsAtAnError(t *testing.T) {
	stop := errors.New("stop")
	n := 0
	if _, err := open(t, "chat_stream").Rows(func(*metric.Row) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
		t.Errorf("%v after %d rows", err, n)
	}
}

func BenchmarkRows(b *testing.B) {
	for b.Loop() {
		d, err := Open(filepath.Join(goldenDir, "chat_stream"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.Rows(func(*metric.Row) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
