package replay

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// rowsOf are all requests that the complete reader finds.
func rowsOf(t testing.TB, dir string) ([]*metric.Row, Damage) {
	t.Helper()
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var rows []*metric.Row
	damage, err := d.Rows(func(r *metric.Row) error { rows = append(rows, kept(r)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return rows, damage
}

// loadDir reads a directory's tape.
func loadDir(t testing.TB, dir string, o loadOptions) *tape {
	t.Helper()
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	tp, err := d.load(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tp.close() })
	return tp
}

// holds compares a tape with the rows of the complete reader.
func holds(t *testing.T, tp *tape, rows []*metric.Row) {
	t.Helper()
	slices.SortStableFunc(rows, func(a, b *metric.Row) int {
		if a.Phase.Index != b.Phase.Index {
			return a.Phase.Index - b.Phase.Index
		}
		return int(max(a.StartNS, a.EndNS) - max(b.StartNS, b.EndNS))
	})
	if tp.rows() != len(rows) {
		t.Fatalf("%d requests, want %d", tp.rows(), len(rows))
	}
	reg, gaps, failed := metric.Builtin(), gapReader{store: &tp.gaps}, 0
	for i, r := range rows {
		if tp.start[i] != r.StartNS || tp.end[i] != max(r.StartNS, r.EndNS) || (tp.flags[i]&rowFailed != 0) != (r.Err != nil) {
			t.Fatalf("request %d: %d to %d, want %+v", i, tp.start[i], tp.end[i], r.Meta)
		}
		if r.Err != nil {
			if f := tp.causes[tp.cause[failed]]; tp.failed[failed] != uint32(i) || f.Type != r.Err.Type || f.Code != r.Err.Code || f.Message != r.Err.Message || f.Kind != r.Err.Kind {
				t.Fatalf("request %d failed with %+v, want %+v", i, f, r.Err)
			}
			failed++
			continue
		}
		for j, tag := range tp.tags {
			d, _ := reg.Lookup(tag)
			if want := float32(r.Vals[d.ID]); tp.vals[j][i] != want && want == want {
				t.Fatalf("request %d: %s is %v, want %v", i, tag, tp.vals[j][i], want)
			}
		}
		codes := gaps.read(tp.gapRef[i], tp.gapN[i])
		if len(codes) != len(r.Gaps) {
			t.Fatalf("request %d has %d gaps, want %d", i, len(codes), len(r.Gaps))
		}
		for j, g := range r.Gaps {
			if math.Abs(gapOf(codes[j])-g) > 0.0003*g+0.001 {
				t.Fatalf("request %d: gap %d is %v, want %v", i, j, gapOf(codes[j]), g)
			}
		}
	}
	if failed != len(tp.failed) {
		t.Errorf("%d failures, want %d", len(tp.failed), failed)
	}
	if gaps.err != nil {
		t.Error(gaps.err)
	}
}

// TestLoadWherePartsEnd reads the same files in parts of many sizes, with the
// gaps in memory and in a scratch file.
func TestLoadWherePartsEnd(t *testing.T) {
	for _, name := range []string{"chat_stream", "faulty", "rate_warmup", "all_fail"} {
		dir := filepath.Join(goldenDir, name)
		rows, _ := rowsOf(t, dir)
		for _, size := range []int64{997, 3001, 50_000, 0} {
			for _, limit := range []int64{0, 100, gapMemory} {
				holds(t, loadDir(t, dir, loadOptions{part: size, gapLimit: limit, scratch: t.TempDir()}), rows)
			}
		}
	}
}

func TestLoadADamagedFile(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(goldenDir, "chat_stream/profile_export.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	cut := lines[3][:len(lines[3])/2]
	for _, c := range []struct{ name, text string }{
		{"whole", strings.Join(lines[:3], "")},
		{"last line without end", strings.TrimSuffix(strings.Join(lines[:3], ""), "\n")},
		{"cut last line", lines[0] + lines[1] + cut},
		{"cut line in the middle", lines[0] + cut + "\n" + lines[2]},
		{"garbage and blank lines", "\n{}\n" + lines[0] + "\x00\x00\n\r\n" + lines[1]},
		{"much garbage", strings.Repeat("x\n", 50) + lines[0]},
		{"empty", ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "profile_export.jsonl"), []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		rows, want := rowsOf(t, dir)
		for _, size := range []int64{7, 2000, 0} {
			tp := loadDir(t, dir, loadOptions{part: size, gapLimit: gapMemory})
			holds(t, tp, rows)
			if tp.damage.Lines != want.Lines || tp.damage.CutLast != want.CutLast || !sameDamage(tp.damage.First, want.First) {
				t.Errorf("%s in parts of %d: damage %+v, want %+v", c.name, size, tp.damage, want)
			}
		}
	}
}

func sameDamage(a, b []DamagedLine) bool {
	return slices.EqualFunc(a, b, func(x, y DamagedLine) bool { return x.Line == y.Line && x.Err.Error() == y.Err.Error() })
}

// TestLoadLeavesOutRequestsWithoutTimes, which would make a run of fifty years.
func TestLoadLeavesOutRequestsWithoutTimes(t *testing.T) {
	dir := t.TempDir()
	text := `{"metadata":{},"metrics":{}}` + "\n" + `{"metadata":{"request_start_ns":1795500348374313125,"request_end_ns":1795500348374313120},"metrics":{}}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "profile_export.jsonl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	tp := loadDir(t, dir, loadOptions{})
	if tp.rows() != 1 || tp.damage.Lines != 1 || tp.end[0] != tp.start[0] {
		t.Errorf("%d rows, damage %+v, end %v", tp.rows(), tp.damage, tp.end)
	}
	p := play(t, dir, Options{})
	<-p.Checked()
	if s := p.Latest(); s.Done != 1 {
		t.Errorf("%d done", s.Done)
	}
}

func TestCausesAreBounded(t *testing.T) {
	tp := &tape{}
	index := map[failureKey]uint32{}
	for i := range 3 * maxCauses {
		tp.causeOf(index, &record.Failure{Code: 500, Type: "E", Message: string(rune('a' + i))})
	}
	if len(tp.causes) != maxCauses+1 {
		t.Errorf("%d causes", len(tp.causes))
	}
}

func TestLoadSaysWhatFails(t *testing.T) {
	d, err := Open(filepath.Join(goldenDir, "chat_stream"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(iotest.ErrTimeout)
	if _, err := d.load(ctx, loadOptions{}); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Errorf("a load that was cancelled: %v", err)
	}
	if _, err := d.load(context.Background(), loadOptions{scratch: filepath.Join(t.TempDir(), "none")}); err == nil || !strings.Contains(err.Error(), "scratch file") {
		t.Errorf("no place for a scratch file: %v", err)
	}
}

// FuzzLoad reads any bytes as records, in small parts, and holds the result
// against the complete reader; then it plays them.
func FuzzLoad(f *testing.F) {
	data, err := os.ReadFile(filepath.Join(goldenDir, "error_kinds/profile_export.jsonl"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, uint16(700))
	f.Add(data[:len(data)/2], uint16(1))
	f.Add([]byte("\n\n{}\nx"), uint16(3))
	f.Fuzz(func(t *testing.T, data []byte, size uint16) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "profile_export.jsonl"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		rows, _ := rowsOf(t, dir)
		timed := slices.DeleteFunc(rows, func(r *metric.Row) bool { return r.StartNS <= 0 || r.EndNS <= 0 })
		tp := loadDir(t, dir, loadOptions{part: int64(size) + 1, gapLimit: 64})
		if tp.rows() != len(timed) {
			t.Fatalf("%d requests, want %d", tp.rows(), len(timed))
		}
		p, err := Play(dir, Options{NoCheck: true})
		if err != nil {
			if len(timed) > 0 {
				t.Fatal(err)
			}
			return
		}
		defer p.Close()
		for _, part := range []float64{0, 0.3, 1, 0.6} {
			p.Seek(secondsOf(part * p.Timeline().Length.Seconds()))
			p.Latest()
		}
	})
}

func TestReadTags(t *testing.T) {
	got := tagsOf([]metric.SLO{{Tag: metric.TTFT}, {Tag: metric.UsageTotalTokens}})
	if !reflect.DeepEqual(got, append(slices.Clone(candidates), metric.UsageTotalTokens)) {
		t.Errorf("%v", got)
	}
}

// kept copies a row, whose values are good until the next one only.
func kept(row *metric.Row) *metric.Row {
	c := *row
	c.Vals = slices.Clone(row.Vals)
	c.Gaps = slices.Clone(row.Gaps)
	return &c
}
