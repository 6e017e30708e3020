package table

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/theme"
	"tacho/views/viewtest"
)

func themed(t testing.TB) *theme.Theme {
	t.Helper()
	g, _ := theme.GlyphSet("braille")
	th, err := theme.New("dark", theme.NoColor, g)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func TestCursorFit(t *testing.T) {
	for _, c := range []struct {
		in   Cursor
		n, h int
		want Cursor
		span string
	}{
		{Cursor{0, 0}, 0, 10, Cursor{0, 0}, ""},
		{Cursor{5, 0}, 3, 10, Cursor{2, 0}, ""},
		{Cursor{12, 0}, 100, 10, Cursor{12, 3}, "4-13 of 100"},
		{Cursor{2, 8}, 100, 10, Cursor{2, 2}, "3-12 of 100"},
		{Cursor{1 << 30, 0}, 100, 10, Cursor{99, 90}, "91-100 of 100"},
		{Cursor{-7, -7}, 100, 10, Cursor{0, 0}, "1-10 of 100"},
		{Cursor{50, 50}, 100, 0, Cursor{50, 50}, ""},
		{Cursor{95, 95}, 100, 10, Cursor{95, 90}, "91-100 of 100"},
	} {
		if got := c.in.Fit(c.n, c.h); got != c.want {
			t.Errorf("%+v in %d rows, %d in sight: %+v, want %+v", c.in, c.n, c.h, got, c.want)
		}
		if got := c.in.Span(c.n, c.h); got != c.span {
			t.Errorf("%+v in %d rows, %d in sight says %q, want %q", c.in, c.n, c.h, got, c.span)
		}
	}
}

// TestListAtAllWidths: columns are dropped and grow, and nothing leaves the
// rectangle.
func TestListAtAllWidths(t *testing.T) {
	th := themed(t)
	s := viewtest.Steered()
	lists := map[string]*List{"errors": ErrorList(viewtest.Huge()), "empty": ErrorList(viewtest.NoData()), "metrics": MetricList(s)}
	lists["slices"], _ = SliceList(s, Order{}, nil)
	lists["requests"], _ = RequestList(s.Requests.Recent, Order{}, true)
	for name, l := range lists {
		for w := range 210 {
			for _, h := range []int{0, 1, 2, 9, 30} {
				g := cells.New(w+4, h+4)
				l.Draw(g, cells.Rect{X: 2, Y: 2, W: w, H: h}, Cursor{At: w, Top: h}, th)
				for y := range h + 4 {
					for x := range w + 4 {
						if inside := x >= 2 && x < 2+w && y >= 2 && y < 2+h; !inside && !g.At(x, y).Blank() {
							t.Fatalf("%s at %dx%d draws %q at %d,%d", name, w, h, g.At(x, y).R, x, y)
						}
					}
				}
			}
		}
	}
}

func TestSliceOrders(t *testing.T) {
	s := viewtest.New().At(72 * time.Second)
	s.Slices[2].TTFT99 = math.NaN()
	p99 := slices.IndexFunc(sliceFields, func(f Field[sliceLine]) bool { return f.Head == "p99" }) + 1
	if got := SliceOrder(Order{By: p99}); got != "by TTFT p99" {
		t.Errorf("the order is called %q", got)
	}
	_, at := SliceList(s, Order{By: p99}, nil)
	for i := 1; i < len(at); i++ {
		if a, b := at[i-1].TTFT99, at[i].TTFT99; a < b || math.IsNaN(a) {
			t.Errorf("row %d: %v is above %v", i, a, b)
		}
	}
	if !math.IsNaN(at[len(at)-1].TTFT99) {
		t.Error("what is not known does not come last")
	}
	_, at = SliceList(s, Order{By: p99, Flip: true}, nil)
	if at[0].TTFT99 > at[1].TTFT99 || !math.IsNaN(at[len(at)-1].TTFT99) {
		t.Error("turned round, the smallest does not come first and the unknown last")
	}
	_, at = SliceList(s, Order{}, nil)
	if at[0].At != 60*time.Second {
		t.Errorf("the first slice is that of %v", at[0].At)
	}
	_, at = SliceList(s, Order{Flip: true}, nil)
	if at[0].At != 0 {
		t.Errorf("turned round, the first slice is that of %v", at[0].At)
	}
	if o := (Order{By: SliceColumns}).Step(1, SliceColumns); o.By != 0 {
		t.Errorf("after the last column comes %d", o.By)
	}
}

// TestRulesStandBetweenSlices, in both directions of time.
func TestRulesStandBetweenSlices(t *testing.T) {
	s := viewtest.Steered()
	for _, flip := range []bool{false, true} {
		l, at := SliceList(s, Order{Flip: flip}, nil)
		rules := 0
		for i := range at {
			text, is := l.Rule(i)
			if is != (at[i] == nil) {
				t.Errorf("row %d is a rule: %v, and a slice: %v", i, is, at[i] != nil)
			}
			if !strings.Contains(text, "restarted the cache") {
				if is {
					rules++
				}
				continue
			}
			rules++
			later, earlier := at[i-1], at[i+1] // the mark is at 52 s
			if flip {
				later, earlier = earlier, later
			}
			if later == nil || later.At != 60*time.Second || earlier == nil || earlier.At != 50*time.Second {
				t.Errorf("turned %v: the mark stands between %+v and %+v", flip, later, earlier)
			}
		}
		if rules != 4 { // two segments, a note, a limit
			t.Errorf("turned %v: %d rules", flip, rules)
		}
	}
	l, _ := SliceList(s, Order{By: 3}, nil)
	for i := range l.Len {
		if _, is := l.Rule(i); is {
			t.Fatal("a table sorted by a number has rules")
		}
	}
}

func TestMarkdown(t *testing.T) {
	s := viewtest.NoData()
	s.ErrorGroups = []snap.ErrorGroup{{Kind: "a|b", Message: "one\ntwo\x1b[2J 漢字", Count: 3}, {Kind: "other", Count: 12}}
	want := "" +
		"| count | share % | kind  | code |  last | message          |\n" +
		"|------:|--------:|-------|------|------:|------------------|\n" +
		"|     3 |       – | a\\|b  |      | 00:00 | one two [2J 漢字 |\n" +
		"|    12 |       – | other |      | 00:00 |                  |\n"
	if got := ErrorList(s).Markdown(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestQuery(t *testing.T) {
	num := func(name string) float64 {
		return map[string]float64{"ttft": 250, "osl": math.NaN()}[name]
	}
	for _, c := range []struct {
		filter string
		want   bool
	}{
		{"", true}, {"timeout", true}, {"TIMEOUT session", true}, {"timeout zebra", false}, {"!zebra", true}, {"!timeout", false}, {"!", false},
		{"ttft>200", true}, {"ttft>250", false}, {"ttft>=250", true}, {"ttft<250", false}, {"ttft<=250", true}, {"ttft=250", true}, {"ttft!=250", false},
		{"osl>0", false}, {"osl<1e9", false}, {"osl!=3", false}, {"osl=0", false}, {"ttft>200 session", true}, {"ttft>abc", false}, {"zebra>3", false}, {">", false},
	} {
		q := ParseQuery(c.filter, []string{"ttft", "osl"})
		if got := q.Match("session_01 Timeout: no answer", num); got != c.want {
			t.Errorf("%q finds it: %v, want %v", c.filter, got, c.want)
		}
	}
}

func TestFilterRequests(t *testing.T) {
	s := viewtest.New().At(200 * time.Second)
	all := s.Requests.Slowest
	for filter, want := range map[string]func(*snap.Request) bool{
		"ttft>900":     func(q *snap.Request) bool { return q.TTFT > 900 },
		"isl<500":      func(q *snap.Request) bool { return q.ISL < 500 },
		"session_0002": func(q *snap.Request) bool { return strings.Contains(q.Conversation, "session_0002") },
		"missed":       func(q *snap.Request) bool { return !q.Good && q.Err == nil },
	} {
		found := FilterRequests(all, filter, true)
		n := 0
		for _, q := range all {
			if want(q) {
				n++
			}
		}
		if len(found) != n || n == 0 || n == len(all) && filter != "missed" {
			t.Errorf("%q finds %d of %d, want %d", filter, len(found), len(all), n)
		}
	}
}

// FuzzQuery: whatever is typed, a filter is read and decides.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"", "ttft>300 !timeout", ">=<", "ttft>=NaN", "\x00é≥"} {
		f.Add(s, "row text", 1.5)
	}
	f.Fuzz(func(t *testing.T, filter, text string, v float64) {
		q := ParseQuery(filter, requestNumbers)
		if q.Empty() && !q.Match(text, func(string) float64 { return v }) {
			t.Errorf("the empty filter %q hides a row", filter)
		}
		if len(strings.Fields(filter)) == 0 && !q.Empty() {
			t.Errorf("%q is not empty", filter)
		}
		q.Match(text, func(string) float64 { return v })
	})
}

// TestRequestsKeepTheirRow: each row of the list is the request beside it.
func TestRequestsKeepTheirRow(t *testing.T) {
	s := viewtest.New().At(72 * time.Second)
	for by := range RequestColumns + 1 {
		l, rows := RequestList(s.Requests.Recent, Order{By: by}, false)
		for i, q := range rows {
			if got, want := l.Cell(i, 0).Text, fmt.Sprint(q.Num); strings.ReplaceAll(got, ",", "") != want {
				t.Fatalf("ordered by %d, row %d shows request %s, want %s", by, i, got, want)
			}
		}
		if by > 0 && RequestOrder(Order{By: by}) == "" {
			t.Errorf("the order by column %d has no name", by)
		}
	}
}

// TestCourseOfASlice: what the history says of a slice, and nothing of others.
func TestCourseOfASlice(t *testing.T) {
	s := viewtest.New().At(70 * time.Second)
	got := courseOf(s, s.Slices[2].At)
	var want []float64
	for _, p := range s.Series {
		if p.At/s.SliceWidth == s.Slices[2].At/s.SliceWidth {
			want = append(want, p.TTFT50)
		}
	}
	if len(got) < leastCourse || !slices.Equal(got, want) {
		t.Errorf("the course of the third slice is %v, want %v", got, want)
	}
	with, _ := SliceList(s, Order{}, themed(t))
	without, _ := SliceList(s, Order{}, nil)
	if len(with.Columns) != len(without.Columns)+1 {
		t.Errorf("%d columns with the course, %d without", len(with.Columns), len(without.Columns))
	}
}
