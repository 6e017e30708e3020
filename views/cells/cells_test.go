package cells

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestAppendSGR(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to Style
		want     string
	}{
		{"nothing", Style{FG: Indexed(3)}, Style{FG: Indexed(3)}, ""},
		{"back to plain", Style{Attr: Bold, FG: Indexed(3)}, Style{}, "\x1b[m"},
		{"basic colour", Style{}, Style{FG: Indexed(3)}, "\x1b[33m"},
		{"bright background", Style{}, Style{BG: Indexed(9)}, "\x1b[101m"},
		{"palette", Style{}, Style{FG: Indexed(75)}, "\x1b[38;5;75m"},
		{"true colour", Style{}, Style{BG: RGB(1, 2, 3)}, "\x1b[48;2;1;2;3m"},
		{"only what changes", Style{FG: Indexed(1), Attr: Bold}, Style{FG: Indexed(2), Attr: Bold}, "\x1b[32m"},
		{"default colour", Style{FG: Indexed(1), Attr: Bold}, Style{Attr: Bold}, "\x1b[39m"},
		{"attribute added", Style{FG: Indexed(1)}, Style{FG: Indexed(1), Attr: Bold | Underline}, "\x1b[1;4m"},
		{"attribute gone", Style{FG: Indexed(1), Attr: Bold}, Style{FG: Indexed(1)}, "\x1b[0;31m"},
	} {
		if got := string(AppendSGR(nil, c.from, c.to)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		name, text string
		x, width   int
		want       string
		end        int
	}{
		{"fits", "TTFT", 0, 10, "TTFT      ", 4},
		{"cut", "latency", 0, 5, "late…     ", 5},
		{"exact", "latency", 3, 7, "   latency", 10},
		{"over the edge", "latency", 7, 9, "       lat", 14},
		{"wide", "漢字ab", 0, 10, "漢字ab    ", 6},
		{"wide cut in the middle", "漢字漢", 0, 4, "漢…       ", 3},
		{"escape sequences", "a\x1b[2Jb", 0, 10, "a?[2Jb    ", 6},
		{"controls and new lines", "a\nb\tc\x07\u009bd", 0, 10, "a b c??d  ", 8},
		{"right to left override", "a\u202eb", 0, 10, "ab        ", 2},
		{"broken UTF-8", "a\xffb", 0, 10, "a?b       ", 3},
		{"combining", "e\u0301x", 0, 10, "e\u0301x        ", 2},
		{"no room", "abc", 0, 0, "          ", 0},
	} {
		g := New(10, 1)
		end := g.Text(c.x, 0, c.width, c.text, Style{})
		if got := g.Row(0); got != c.want || end != c.end {
			t.Errorf("%s: %q ends at %d, want %q at %d", c.name, got, end, c.want, c.end)
		}
	}
	g := New(12, 1)
	g.ASCII = true
	g.Text(0, 0, 12, "– ≤ 漢 · 超大規模模型", Style{})
	if got, want := g.Row(0), "- < ? | ??~ "; got != want {
		t.Errorf("ASCII: %q, want %q", got, want)
	}
}

// TestHalves: a wide character that loses one half loses the other too.
func TestHalves(t *testing.T) {
	for _, c := range []struct {
		x    int
		want string
	}{{1, " x字"}, {2, "漢x "}, {0, "x 字"}, {3, "漢 x"}} {
		g := New(4, 1)
		g.Text(0, 0, 4, "漢字", Style{})
		g.Rune(c.x, 0, 'x', Style{})
		if got := g.Row(0); got != c.want {
			t.Errorf("x at %d: %q, want %q", c.x, got, c.want)
		}
	}
	g := New(4, 1)
	g.Text(0, 0, 4, "漢字", Style{})
	g.Resize(3, 2)
	if got := g.Row(0); got != "漢 " {
		t.Errorf("resized through a wide character: %q", got)
	}
}

// TestString: whatever is drawn, each line is as wide as the grid and ends plain.
func TestString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 30).Draw(t, "w"), rapid.IntRange(1, 5).Draw(t, "h")
		g := New(w, h)
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			st := Style{FG: Color(rapid.SampledFrom([]Color{0, Indexed(4), RGB(9, 8, 7)}).Draw(t, "fg")), Attr: Attr(rapid.IntRange(0, 63).Draw(t, "attr"))}
			text := rapid.StringOf(rapid.RuneFrom([]rune("ab漢é🚀\u0301 …━\x1b\n"))).Draw(t, "text")
			g.Text(rapid.IntRange(-3, w+3).Draw(t, "x"), rapid.IntRange(-1, h).Draw(t, "y"), rapid.IntRange(-1, 40).Draw(t, "width"), text, st)
		}
		lines := strings.Split(g.String(), "\n")
		if len(lines) != h {
			t.Fatalf("%d lines, want %d", len(lines), h)
		}
		for _, l := range lines {
			if got := ansi.StringWidth(l); got != w {
				t.Fatalf("line %q is %d wide, want %d", l, got, w)
			}
			if !utf8.ValidString(l) {
				t.Fatalf("line %q is not UTF-8", l)
			}
			if i := strings.LastIndex(l, "\x1b["); i >= 0 && !strings.HasPrefix(l[i:], "\x1b[m") {
				if st := l[i : strings.IndexByte(l[i:], 'm')+i+1]; st != "\x1b[m" {
					t.Fatalf("line %q ends in style %q", l, st)
				}
			}
		}
	})
}

// TestRuns: one colour sequence per run of equal cells, not one per cell.
func TestRuns(t *testing.T) {
	g := New(100, 1)
	g.Text(0, 0, 100, strings.Repeat("━", 50), Style{FG: Indexed(75)})
	g.Text(50, 0, 50, "a b c d", Style{FG: Indexed(203)})
	if n := strings.Count(g.String(), "\x1b["); n > 3 {
		t.Errorf("%d sequences for two runs: %q", n, g.String())
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"cannot reach the server", 12, []string{"cannot reach", "the server"}},
		{"http://a-very-long-host/v1", 10, []string{"http://a-v", "ery-long-h", "ost/v1"}},
		{"漢字漢字", 5, []string{"漢字", "漢字"}},
		{"  ", 5, nil},
		{"x", 0, nil},
	} {
		if got := Wrap(c.text, c.width); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

// TestClustersAreBounded: a hostile server cannot grow the table for ever.
func TestClustersAreBounded(t *testing.T) {
	var c Clusters
	for i := range maxClusters + 100 {
		s := string(rune('a'+i%26)) + strings.Repeat("\u0301", 1+i/26)
		c.Intern(s)
	}
	if len(c.list) != maxClusters {
		t.Errorf("%d clusters kept, want %d", len(c.list), maxClusters)
	}
	if r := c.Intern("é\u0301\u0301 new"); r != 'é' {
		t.Errorf("a cluster beyond the table is %q, want its first character", r)
	}
}
