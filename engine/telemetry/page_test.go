package telemetry

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func testPage(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestVLLMPage reads a page of a real vLLM.
func TestVLLMPage(t *testing.T) {
	p, err := parsePage(testPage(t, "vllm-0.32.0.txt"), maxSeries, false)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.shape.Families); n != 53 {
		t.Errorf("%d metrics, want 53 as AIPerf counts", n)
	}
	s := Scrape{Shape: p.shape, Values: p.values}
	find := func(name string) (*Family, *Series) {
		for i := range p.shape.Families {
			if f := &p.shape.Families[i]; f.Name == name {
				return f, &f.Series[0]
			}
		}
		t.Fatalf("no %s", name)
		return nil, nil
	}
	if f, x := find("vllm:prompt_tokens"); f.Kind != Counter || f.Help != "Number of prefill tokens processed." || s.Value(x) <= 0 {
		t.Errorf("prompt tokens: %+v %v", f, s.Value(x))
	}
	f, x := find("vllm:time_to_first_token_seconds")
	buckets, sum, count := s.Hist(x)
	if f.Kind != Histogram || x.Bounds[0] != "0.001" || x.Bounds[len(x.Bounds)-1] != "+Inf" || !slices.Contains(x.Bounds, "1.0") {
		t.Errorf("bounds %v", x.Bounds)
	}
	if buckets[len(buckets)-1] != count || sum <= 0 || count <= 0 {
		t.Errorf("buckets %v, sum %v, count %v", buckets, sum, count)
	}
	if p.shape.Families[0].Name != "python_gc_objects_collected" || len(p.shape.Families[0].Series) != 3 {
		t.Errorf("first metric %+v", p.shape.Families[0])
	}
	for i := range p.shape.Families {
		if name := p.shape.Families[i].Name; strings.HasSuffix(name, "_created") {
			t.Errorf("%s is kept", name)
		}
	}
}

// what flattens a page for comparison.
func what(p *parsed) []string {
	var out []string
	for _, f := range p.shape.Families {
		for _, x := range f.Series {
			out = append(out, fmt.Sprintf("%s %s %v %v", f.Kind, seriesKey(f.Name, x.Labels), x.Bounds, p.values[x.Column:x.Column+x.columns(f.Kind)]))
		}
	}
	return out
}

func TestParsePage(t *testing.T) {
	for _, c := range []struct {
		name, text string
		open       bool
		want       []string
	}{
		{"a counter loses its ending", "# TYPE a_total counter\na_total 3\n", false, []string{"counter a [] [3]"}},
		{"a type without the ending of its samples", "# TYPE a counter\na_total 3\n", false, []string{"unknown a_total [] [3]"}},
		{"which the newer format means so", "# TYPE a counter\na_total 3.5 1700000000.5 # {t=\"x\"} 2 1.5\n# EOF\n", true, []string{"counter a [] [3.5]"}},
		{"no type at all", "b{z=\"1\",a=\"2\"} 4\n", false, []string{`unknown b{a="2",z="1"} [] [4]`}},
		{"dropped kinds", "# TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n# TYPE x_created gauge\nx_created 1\n" +
			"# TYPE x_uptime gauge\nx_uptime 2\n# TYPE my_uptime_s gauge\nmy_uptime_s 2\n# TYPE g gauge\ng 5\n", false, []string{"gauge g [] [5]"}},
		{"values that are none", "# TYPE g gauge\ng{a=\"1\"} NaN\ng{a=\"2\"} +Inf\ng{a=\"3\"} 1\n", false, []string{`gauge g{a="3"} [] [1]`}},
		{"the last of two counts", "# TYPE g gauge\ng{a=\"1\"} 1\ng{a=\"2\"} 2\ng{a=\"1\"} 3\n", false, []string{`gauge g{a="1"} [] [3]`, `gauge g{a="2"} [] [2]`}},
		{"bounds as written, a spoilt histogram", "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"1e1\"} 2\nh_bucket{le=\"+Inf\"} 2\nh_sum 7.5\nh_count 2\n" +
			"h_bucket{m=\"x\",le=\"1\"} 1\nh_bucket{m=\"x\",le=\"+Inf\"} 2\nh_sum{m=\"x\"} NaN\nh_count{m=\"x\"} 2\n", false, []string{"histogram h [1 1e1 +Inf] [1 2 2 7.5 2]"}},
		{"order of the page", "# TYPE z gauge\nz 1\n# TYPE a gauge\na 1\n# TYPE m histogram\nm_bucket{le=\"+Inf\"} 0\nm_sum 0\nm_count 0\n# TYPE b gauge\nb 1\n", false,
			[]string{"gauge z [] [1]", "gauge a [] [1]", "histogram m [+Inf] [0 0 0]", "gauge b [] [1]"}},
		{"comments that are there twice", "# HELP a x\n# TYPE a gauge\na{n=\"1\"} 1\n# HELP b y\n# TYPE b gauge\nb 1\n# HELP a x\n# TYPE a gauge\na{n=\"2\"} 2\nc 1\n# TYPE c gauge\n", false,
			[]string{`gauge a{n="1"} [] [1]`, `gauge a{n="2"} [] [2]`, "gauge b [] [1]", "unknown c [] [1]"}},
		{"escapes and blanks", "g { a = \"x\\\"y\\\\\\n\" , }  1.5 1700000000000\n", false, []string{`unknown g{a="x\"y\\\n"} [] [1.5]`}},
		{"quoted names", "{\"my.name\", a=\"b\"} 2\n", false, []string{`unknown my.name{a="b"} [] [2]`}},
		{"a gauge and a counter of one name", "# TYPE r gauge\nr 1\n# TYPE x gauge\nx 2\n# TYPE r_total counter\nr_total 7\n", false, []string{"counter r [] [7]", "gauge x [] [2]"}},
		{"nothing", "\n\n# a comment\n", false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := parsePage([]byte(c.text), maxSeries, c.open)
			if err != nil {
				t.Fatal(err)
			}
			if got := what(p); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if len(c.want) > 0 && newTemplate([]byte(c.text), p) == nil {
				t.Error("no template fits")
			}
		})
	}
}

func TestPageThatIsNone(t *testing.T) {
	for _, text := range []string{"<html><body>hello</body></html>", `[{"iter":1}]`, "a 1\nb {", "a{b=\"c} 1\n"} {
		if _, err := parsePage([]byte(text), maxSeries, false); err == nil || !strings.Contains(err.Error(), "not a page of Prometheus metrics") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// bump is the page with other numbers.
func bump(page []byte, by float64) []byte {
	var out []byte
	for line := range bytes.Lines(page) {
		i := bytes.LastIndexByte(bytes.TrimRight(line, "\n"), ' ')
		if line[0] == '#' || i < 0 {
			out = append(out, line...)
			continue
		}
		v, _ := number(line[i+1:])
		out = fmt.Appendf(append(out, line[:i+1]...), "%v\n", v+by)
	}
	return out
}

func TestTemplateReadsAsTheParserDoes(t *testing.T) {
	for _, name := range []string{"vllm-0.32.0.txt", "llamacpp-11434.txt"} {
		page := testPage(t, name)
		r := pageReader{limit: maxSeries}
		first, same, err := r.read(page, false)
		if err != nil || same || r.template == nil {
			t.Fatalf("%s: %v %v, template %v", name, same, err, r.template)
		}
		if again, same, _ := r.read(page, false); !same || again != first {
			t.Errorf("%s: the same page is not seen as such", name)
		}
		next := bump(page, 12345.5)
		got, same, err := r.read(next, false)
		if err != nil || same || got.shape != first.shape {
			t.Fatalf("%s: the template was not used: %v", name, err)
		}
		want, err := parsePage(next, maxSeries, false)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(what(got), what(want)) {
			t.Errorf("%s: the template reads other numbers", name)
		}
	}
}

func TestReaderSeesAnotherShape(t *testing.T) {
	r := pageReader{limit: maxSeries}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"# TYPE g gauge\ng{a=\"1\"} 1\n", []string{`gauge g{a="1"} [] [1]`}},
		{"# TYPE g gauge\ng{a=\"1\"} 2\ng{a=\"2\"} 3\n", []string{`gauge g{a="1"} [] [2]`, `gauge g{a="2"} [] [3]`}},
		{"# TYPE g gauge\ng{a=\"1\"} NaN\ng{a=\"2\"} 4\n", []string{`gauge g{a="1"} [] [NaN]`, `gauge g{a="2"} [] [4]`}},
		{"# TYPE g gauge\ng{a=\"2\"} 4\n", []string{`gauge g{a="2"} [] [4]`}},
		{"# TYPE g gauge\ng{a=\"2\"} 4\nnew NaN\n", []string{`gauge g{a="2"} [] [4]`}},
		{"# TYPE g gauge\ng{a=\"2\"} 5\nnew NaN\n", []string{`gauge g{a="2"} [] [5]`}},
		{"# TYPE g gauge\ng{a=\"2\"} 5\nnew 7\n", []string{`gauge g{a="2"} [] [5]`, "unknown new [] [7]"}},
		{"# TYPE g counter\ng{a=\"2\"} 5\nnew 8\n", []string{`counter g{a="2"} [] [5]`, "unknown new [] [8]"}},
	} {
		p, same, err := r.read([]byte(c.text), false)
		if err != nil || same {
			t.Fatalf("%q: %v %v", c.text, same, err)
		}
		if got := what(p); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q\ngot  %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestPageWithCarriageReturns(t *testing.T) {
	r := pageReader{limit: maxSeries}
	for _, n := range []string{"1", "2"} {
		p, _, err := r.read([]byte("# TYPE g gauge\r\ng{a=\"x\"} "+n+"\r\n"), false)
		if err != nil || !reflect.DeepEqual(what(p), []string{`gauge g{a="x"} [] [` + n + `]`}) {
			t.Errorf("%v %v", p, err)
		}
	}
}

func TestTemplateSpoilsAWholeHistogram(t *testing.T) {
	page := "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 7.5\nh_count 2\n"
	r := pageReader{limit: maxSeries}
	if _, _, err := r.read([]byte(page), false); err != nil {
		t.Fatal(err)
	}
	p, _, err := r.read([]byte(strings.Replace(page, "7.5", "NaN", 1)), false)
	if err != nil || len(p.values) != 4 || slices.ContainsFunc(p.values, func(v float64) bool { return !math.IsNaN(v) }) {
		t.Errorf("values %v, %v", p.values, err)
	}
}

func bigPage(series int) []byte {
	var b bytes.Buffer
	b.WriteString("# TYPE small gauge\nsmall 1\n# TYPE g gauge\n")
	for i := range series {
		fmt.Fprintf(&b, "g{i=\"%d\"} %d\n", i, i)
	}
	b.WriteString("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum 7.5\nh_count 2\n")
	return b.Bytes()
}

func TestPageThatIsTooLong(t *testing.T) {
	page := bigPage(20)
	for _, c := range []struct{ limit, series, dropped int }{
		{100, 22, 0}, {25, 22, 0}, {24, 21, 4}, {22, 21, 4}, {21, 21, 4}, {20, 20, 5}, {5, 5, 20}, {1, 1, 24},
	} {
		r := pageReader{limit: c.limit}
		p, _, err := r.read(page, false)
		if err != nil || p.shape.series != c.series || p.dropped != c.dropped {
			t.Errorf("limit %d: %d series, %d dropped, want %d and %d; %v", c.limit, p.shape.series, p.dropped, c.series, c.dropped, err)
		}
		q, _, err := r.read(bump(page, 1), false)
		if err != nil || q.shape != p.shape || q.dropped != c.dropped || q.values[0] != 2 {
			t.Errorf("limit %d: the next page is read anew: %v", c.limit, err)
		}
	}
}

// A histogram of many series keeps those that fit as a whole.
func TestHistogramThatIsTooLong(t *testing.T) {
	var b strings.Builder
	b.WriteString("# TYPE h histogram\n")
	for i := range 10 {
		fmt.Fprintf(&b, "h_bucket{x=\"%d\",le=\"1\"} 1 # {a=\"b\"} 1\nh_bucket{x=\"%d\",le=\"+Inf\"} 1\nh_sum{x=\"%d\"} 1\nh_count{x=\"%d\"} 1\n", i, i, i, i)
	}
	for limit, series := range map[int]int{40: 10, 39: 9, 36: 9, 35: 8, 4: 1, 3: 0} {
		p, err := parsePage([]byte(b.String()), limit, true)
		if err != nil || p.shape.series != series || p.dropped != 40-4*series || slices.ContainsFunc(p.values, math.IsNaN) {
			t.Errorf("limit %d: %+v, want %d series; %v", limit, p, series, err)
		}
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("# TYPE a_total counter\na_total{b=\"c\"} 1 5\n"), []byte("# TYPE a_total counter\na_total{b=\"c\"} 2 6\n"), false)
	f.Add([]byte("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\nh_sum NaN\nh_count 2\n"), []byte("x"), true)
	f.Add(testPage(f, "llamacpp-11434.txt")[:700], testPage(f, "vllm-0.32.0.txt")[:900], false)
	f.Fuzz(func(t *testing.T, a, b []byte, open bool) {
		r := pageReader{limit: 50}
		for _, page := range [][]byte{a, b, b} {
			p, _, err := r.read(page, open)
			if err != nil {
				continue
			}
			if len(p.values) != p.shape.Columns {
				t.Fatalf("%d values, %d columns", len(p.values), p.shape.Columns)
			}
			for _, v := range p.values {
				if math.IsInf(v, 0) {
					t.Fatal("a value is infinite")
				}
			}
			// Whatever way it was read, reading from scratch gives the same, less
			// what has become absent.
			fresh, err := parsePage(plainLines(page), 50, open)
			if err != nil {
				t.Fatalf("read by template but not at all: %v", err)
			}
			want := map[string]bool{}
			for _, line := range what(fresh) {
				want[line] = true
			}
			for _, line := range what(p) {
				if !want[line] && !strings.Contains(line, "NaN") {
					t.Fatalf("%q is not in %q", line, what(fresh))
				}
			}
		}
	})
}

func BenchmarkVLLMPage(b *testing.B) {
	page := testPage(b, "vllm-0.32.0.txt")
	pages := [][]byte{bump(page, 1), bump(page, 2)}
	b.Run("anew", func(b *testing.B) {
		b.ReportAllocs()
		for i := range b.N {
			if _, err := parsePage(pages[i%2], maxSeries, false); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("by template", func(b *testing.B) {
		b.ReportAllocs()
		r := pageReader{limit: maxSeries}
		for i := range b.N {
			if _, _, err := r.read(pages[i%2], false); err != nil {
				b.Fatal(err)
			}
		}
	})
}
