package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlot(t *testing.T) {
	into := filepath.Join(t.TempDir(), "new", "plots")
	r := tacho(t, "plot", filepath.Join(goldens, "slice_gaps"), "--output", into, "--theme", "dark")
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	for _, want := range []string{"ttft_over_time.png\n", "timeslices_itl.png\n",
		"left out: gpu_utilization_and_throughput_over_time.png: no GPU was watched", "4 pictures in " + into + "\n"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, r.stdout)
		}
	}
	files, err := os.ReadDir(into)
	if err != nil || len(files) != 5 {
		t.Errorf("%d files, %v; want four pictures and their list", len(files), err)
	}
}

func TestPlotTellsWhatIsWrong(t *testing.T) {
	empty := t.TempDir()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{empty}, 1, "no run is in " + empty},
		{[]string{filepath.Join(empty, "x")}, 1, "there is no directory " + filepath.Join(empty, "x")},
		{[]string{filepath.Join(goldens, "summary_level"), "--output", empty}, 1, "there is nothing to draw: no profile_export.jsonl"},
		{[]string{goldens, "--theme", "blue"}, 2, "--theme blue: must be light or dark"},
		{[]string{goldens, "--them", "dark"}, 2, "--them: unknown option; did you mean --theme?"},
		{[]string{filepath.Join(goldens, "slice_gaps"), "--output", filepath.Join(goldens, "slice_gaps", "inputs.json")}, 1, "write ttft_over_time.png: "},
	} {
		r := tacho(t, append([]string{"plot"}, c.args...)...)
		if r.code != c.code || !strings.Contains(r.stderr, c.want) {
			t.Errorf("plot %v: exit %d: %s", c.args, r.code, r.stderr)
		}
	}
	if files, err := os.ReadDir(empty); err != nil || len(files) > 0 {
		t.Errorf("%d files were left where nothing was drawn, %v", len(files), err)
	}
}
