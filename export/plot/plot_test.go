package plot

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacho/export"
)

const goldens = "../../testdata/aiperf-0.13/"

// drawAll draws what there is of some runs.
func drawAll(t *testing.T, theme string, paths ...string) (*Done, string) {
	t.Helper()
	th, ok := LookupTheme(theme)
	if !ok {
		t.Fatalf("no theme %s", theme)
	}
	for i := range paths {
		paths[i] = goldens + paths[i]
	}
	dirs, err := Find(paths)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Pictures(t.Context(), dirs)
	if err != nil {
		t.Fatal(err)
	}
	into := t.TempDir()
	done, err := Write(t.Context(), list, into, th)
	if err != nil {
		t.Fatal(err)
	}
	return done, into
}

// The pictures of AIPerf's own folders are those that AIPerf draws of them, and
// more where it lacks only what our reader finds.
func TestPicturesOfAIPerfsRuns(t *testing.T) {
	single := []string{"ttft_over_time.png", "ttft_timeline.png"}
	slices2 := []string{"timeslices_ttft.png", "timeslices_itl.png"}
	gpu := []string{"gpu_utilization_and_throughput_over_time.png"}
	pareto := []string{"pareto_curve_throughput_per_gpu_vs_latency.png", "pareto_curve_throughput_per_gpu_vs_interactivity.png"}
	several := []string{"ttft_vs_throughput.png"}
	looked := map[string]bool{} // at a picture of that name
	for _, c := range []struct {
		paths []string
		want  []string
		why   string // of one that is left out
	}{
		{[]string{"telemetry"}, slices.Concat(single, slices2, gpu), ""},
		{[]string{"prefix_named"}, slices.Concat(single, slices2, gpu), ""},
		{[]string{"trace_replay"}, single, "timeslices_ttft.png: no profile_export_aiperf_timeslices.json: the run had no --slice-duration"},
		{[]string{"slice_gaps"}, slices.Concat(single, slices2), "gpu_utilization_and_throughput_over_time.png: no GPU was watched"},
		{[]string{"chat_nostream"}, nil, "ttft_over_time.png: no request has a Time to First Token: the run was not streamed"},
		{[]string{"summary_level"}, nil, "ttft_timeline.png: no profile_export.jsonl: no requests to replay"},
		{[]string{"all_fail"}, nil, "ttft_over_time.png: no measured request succeeded, 8 failed"},
		{[]string{"sweep"}, several, pareto[0] + ": no run watched a GPU"},
		{[]string{"chat_stream", "telemetry"}, slices.Concat(pareto, several), ""},
		{[]string{"chat_stream", "embeddings"}, slices.Concat(pareto, several), several[0] + " is without runs that lack its figures: ../../testdata/aiperf-0.13/embeddings"},
		{[]string{"embeddings", "rankings"}, nil, "ttft_vs_throughput.png: no run has a Time to First Token in its summary"},
	} {
		t.Run(strings.Join(c.paths, "+"), func(t *testing.T) {
			done, into := drawAll(t, "light", slices.Clone(c.paths)...)
			if !slices.Equal(done.Drawn, c.want) {
				t.Errorf("drawn: %v\nwant:  %v", done.Drawn, c.want)
			}
			left := done.LeftOut()
			if c.why != "" && !slices.ContainsFunc(left, func(s string) bool { return strings.HasPrefix(s, c.why) }) {
				t.Errorf("left out: %q\nlacks %q", left, c.why)
			}
			if c.why == "" && len(left) > 0 {
				t.Errorf("left out: %q", left)
			}
			for _, name := range done.Drawn {
				if !looked[name] {
					checkPNG(t, filepath.Join(into, name))
				}
				looked[name] = true
			}
			list, err := os.ReadFile(filepath.Join(into, SummaryFile))
			if len(c.want) == 0 {
				if err == nil {
					t.Error("there is a list of no pictures")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range append(left, done.Drawn...) {
				if !strings.Contains(string(list), "  - "+s+"\n") {
					t.Errorf("%s lacks %q", SummaryFile, s)
				}
			}
		})
	}
}

// checkPNG reads a picture: its size, and something drawn in its middle.
func checkPNG(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	any, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	img, ok := any.(*image.RGBA)
	if !ok {
		t.Fatalf("%s is a %T", path, any)
	}
	if b := img.Bounds(); b.Dx() != Width || b.Dy() != Height {
		t.Errorf("%s is %v", path, b)
	}
	colours := map[color.RGBA]bool{}               // those that are no grey: the data
	for y := Height / 6; y < Height*9/10; y += 3 { // lines are no thinner
		for x := Width / 10; x < Width; x++ {
			if c := img.RGBAAt(x, y); c.R != c.G || c.G != c.B {
				colours[c] = true
			}
		}
	}
	if len(colours) < 2 {
		t.Errorf("%s: %d colours among its data", path, len(colours))
	}
}

func TestThemesDiffer(t *testing.T) {
	var first []byte
	for i, name := range Themes() {
		done, into := drawAll(t, name, "slice_gaps")
		if len(done.Drawn) == 0 {
			t.Fatal("nothing is drawn")
		}
		data, err := os.ReadFile(filepath.Join(into, done.Drawn[0]))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		r, _, _, _ := img.At(2, 2).RGBA()
		if light := r > 0x8000; light != (name == "light") {
			t.Errorf("the paper of %s is %x", name, r)
		}
		if i > 0 && bytes.Equal(first, data) {
			t.Errorf("%s looks like the one before", name)
		}
		first = data
	}
}

// Repeats of one setting are one point; runs of the same load have their
// folders as names.
func TestSettings(t *testing.T) {
	for _, c := range []struct {
		paths  []string
		names  []string
		labels []string
	}{
		{[]string{"multirun"}, []string{"multirun"}, []string{"4"}},
		{[]string{"sweep"}, []string{"concurrency_1", "concurrency_2", "concurrency_4"}, []string{"1", "2", "4"}},
		{[]string{"chat_stream", "telemetry"}, []string{"chat_stream", "telemetry"}, []string{"chat_stream", "telemetry"}},
		{[]string{"chat_stream", "rate_warmup"}, []string{"chat_stream", "rate_warmup"}, []string{"4", "25/s"}},
	} {
		for i := range c.paths {
			c.paths[i] = goldens + c.paths[i]
		}
		dirs, err := Find(c.paths)
		if err != nil {
			t.Fatal(err)
		}
		list, err := settingsOf(t.Context(), dirs)
		if err != nil {
			t.Fatal(err)
		}
		points := comparisons[len(comparisons)-1].points(list)
		var names, labels []string
		for _, p := range points {
			names = append(names, p.name)
			labels = append(labels, label(p, points))
		}
		if !slices.Equal(names, c.names) || !slices.Equal(labels, c.labels) {
			t.Errorf("%v: settings %v, labels %v", c.paths, names, labels)
		}
	}
}

// The points are the medians that AIPerf draws.
func TestPointsOfASweep(t *testing.T) {
	dirs, err := Find([]string{goldens + "sweep"})
	if err != nil {
		t.Fatal(err)
	}
	list, err := settingsOf(t.Context(), dirs)
	if err != nil {
		t.Fatal(err)
	}
	want := []xy{{40.526061, 6.109847817478756}, {35.0622445, 12.02649308946783}, {42.427249499999995, 21.09627199339096}}
	var got []xy
	for _, p := range comparisons[len(comparisons)-1].points(list) {
		got = append(got, p.xy)
	}
	if !slices.Equal(got, want) {
		t.Errorf("points %v, want %v", got, want)
	}
}

func TestFindTellsWhatIsWrong(t *testing.T) {
	empty := t.TempDir()
	if _, err := Find([]string{empty}); err == nil || !strings.Contains(err.Error(), "no run is in "+empty) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Find([]string{filepath.Join(empty, "x")}); err == nil {
		t.Error("a folder that is not there is taken")
	}
	// The same run given twice is one.
	dirs, err := Find([]string{goldens + "chat_stream", goldens + "chat_stream"})
	if err != nil || len(dirs) != 1 {
		t.Errorf("a run given twice: %d runs, %v", len(dirs), err)
	}
	// What is of no run is passed over.
	dirs, err = Find([]string{goldens + "rate_warmup"})
	if err != nil || len(dirs) != 1 {
		t.Errorf("a run with phases: %d runs, %v", len(dirs), err)
	}
	if dirs[0].Names.Of(export.Records) != "profile_export.jsonl" {
		t.Error("another run was found")
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		limit float64
		want  string
	}{
		{1, "0.0 0.2 0.4 0.6 0.8 1.0"}, {130, "0 20 40 60 80 100 120"}, {0.0031, "0.0000 0.0005 0.0010 0.0015 0.0020 0.0025 0.0030"},
		{2.4e6, "0 500000 1000000 1500000 2000000"},
	} {
		var got []string
		for _, k := range ticks(c.limit, 8) {
			got = append(got, k.text)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("ticks to %g: %s", c.limit, s)
		}
	}
}

// A long line keeps its ends and its extremes.
func TestThin(t *testing.T) {
	var long []xy
	for i := range 100_000 {
		v := xy{float64(i), 1}
		if i == 54_321 {
			v.y = 9
		}
		long = append(long, v)
	}
	got := thin(long)
	if len(got) > 5*Width || got[0] != long[0] || got[len(got)-1] != long[len(long)-1] || !slices.Contains(got, xy{54_321, 9}) {
		t.Errorf("%d points, from %v to %v", len(got), got[0], got[len(got)-1])
	}
	if !slices.IsSortedFunc(got, func(a, b xy) int { return int(a.x - b.x) }) {
		t.Error("the points are out of order")
	}
}
