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

// A run draws itself when asked to; what cannot be drawn is told, and is a
// failure only where the pictures are required.
func TestAutoPlot(t *testing.T) {
	base := []string{"demo", "--request-count", "4", "--osl", "4", "--isl", "16"}
	for _, c := range []struct {
		name  string
		args  []string
		code  int
		tells string
		files []string // below plots
	}{
		{"single", []string{"--auto-plot"}, 0, "plots/ttft_over_time.png", []string{"ttft_over_time.png", "ttft_timeline.png", "summary.txt"}},
		{"not asked", []string{"--no-auto-plot"}, 0, "", nil},
		{"sweep", []string{"--auto-plot", "--concurrency", "1,2"}, 0, "  plots/summary.txt\n", []string{"ttft_vs_throughput.png", "summary.txt"}},
		{"in the way", []string{"--auto-plot"}, 0, "note: --auto-plot: no pictures: write ttft_over_time.png: ", nil},
		{"required", []string{"--auto-plot", "--plot-required"}, 1, "tacho: --plot-required: no pictures: write ttft_over_time.png: ", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "run")
			if c.name == "in the way" || c.name == "required" { // a file where the folder is to be
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "plots"), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			r := tacho(t, append(append(base[:7:7], "--artifact-dir", dir), c.args...)...)
			if r.code != c.code || !strings.Contains(r.stdout+r.stderr, c.tells) {
				t.Errorf("exit %d:\n%s\n%s", r.code, r.stdout, r.stderr)
			}
			for _, name := range c.files {
				if st, err := os.Stat(filepath.Join(dir, "plots", name)); err != nil || st.Size() == 0 {
					t.Errorf("%s: %v", name, err)
				}
			}
			if st, err := os.Stat(filepath.Join(dir, "plots")); c.files == nil && err == nil && st.IsDir() {
				t.Error("there is a folder plots")
			}
			if _, err := os.Stat(filepath.Join(dir, "profile_export_aiperf.json")); err != nil && c.name != "sweep" {
				t.Error("the run's own files are missing")
			}
		})
	}
}
