package tui

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"tacho/views/cells"
	"tacho/views/screen"
)

// terminal is an emulator in the shape of a file.
type terminal struct {
	mu   sync.Mutex
	emu  *vt.Emulator
	w, h int
	all  []byte
}

func newTerminal(w, h int) *terminal {
	return &terminal{emu: vt.NewEmulator(w, h), w: w, h: h}
}

func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, p...)
	return t.emu.Write(p)
}
func (t *terminal) Read([]byte) (int, error) { return 0, io.EOF }
func (t *terminal) Close() error             { return nil }
func (t *terminal) Fd() uintptr              { return ^uintptr(0) }
func (t *terminal) size() (int, int)         { t.mu.Lock(); defer t.mu.Unlock(); return t.w, t.h }
func (t *terminal) resize(w, h int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.w, t.h = w, h
	t.emu.Resize(w, h)
}

// compare reports the first cell in which two screens look different.
func compare(a, b *vt.Emulator) string {
	for y := range a.Height() {
		for x := range a.Width() {
			p, q := a.CellAt(x, y), b.CellAt(x, y)
			if look(p) != look(q) {
				return fmt.Sprintf("cell %d,%d: %q, want %q", x, y, look(p), look(q))
			}
		}
	}
	return ""
}

// look is what can be seen of a cell: the text colour of a blank cannot.
func look(c *uv.Cell) string {
	if c == nil || c.Content == "" || c.Content == " " {
		if c == nil {
			return "blank"
		}
		if c.Width == 0 && c.Content == "" {
			return "half"
		}
		st := c.Style
		const lined = uv.AttrReverse | uv.AttrStrikethrough
		if st.Attrs&lined == 0 && st.Underline == 0 {
			if st.Bg == nil {
				return "blank"
			}
			return fmt.Sprint("blank on ", st.Bg)
		}
	}
	return fmt.Sprint(c.Content, c.Width, c.Style.Fg, c.Style.Bg, c.Style.Attrs, c.Style.Underline)
}

var words = []string{"TTFT", "182", " ", "     ", "▂▃▅", "漢字", "é", "e\u0301", "━━╸──", "Ω", "🚀", "⠒⠤", "x", "12.3k", "日"}

// frame is a random screen, made as a view makes it.
func frame(r *rand.Rand, w, h int, last string) string {
	if last != "" && r.IntN(3) > 0 { // mostly small changes
		lines := strings.Split(last, "\n")
		if len(lines) == h {
			for range 1 + r.IntN(3) {
				lines[r.IntN(h)] = randomLine(r, w)
			}
			return strings.Join(lines, "\n")
		}
	}
	lines := make([]string, h)
	for i := range lines {
		lines[i] = randomLine(r, w)
	}
	return strings.Join(lines, "\n")
}

func randomLine(r *rand.Rand, w int) string {
	if r.IntN(5) == 0 {
		return ""
	}
	g := cells.New(w, 1)
	for x := 0; x < w; x += 1 + r.IntN(9) {
		st := cells.Style{Attr: cells.Attr(1<<r.IntN(9)) & (cells.Bold | cells.Faint | cells.Reverse | cells.Underline | cells.Italic)}
		switch r.IntN(4) {
		case 1:
			st.FG = cells.Indexed(uint8(r.IntN(256)))
		case 2:
			st.FG, st.BG = cells.RGB(uint8(r.IntN(256)), 10, 200), cells.Indexed(uint8(r.IntN(16)))
		}
		x = g.Text(x, 0, w-x, words[r.IntN(len(words))], st)
	}
	return g.String()
}

// TestSameScreen plays random frames as Bubble Tea's renderer writes them, into
// an emulator directly and into another through the writer.
func TestSameScreen(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		w, h := 20+r.IntN(60), 5+r.IntN(20)
		direct, diffed := newTerminal(w, h), newTerminal(w, h)
		d := newDiffWriter(diffed, diffed.size, nil)
		both := func(s string) {
			_, _ = direct.Write([]byte(s))
			if _, err := d.Write([]byte(s)); err != nil {
				t.Fatal(err)
			}
		}
		both("\x1b[?25l")
		both("\x1b[?1049h")
		both("\x1b[2J")
		both("\x1b[H")
		last := ""
		for i := range 40 {
			if r.IntN(12) == 0 {
				w, h = 20+r.IntN(60), 5+r.IntN(20)
				direct.resize(w, h)
				diffed.resize(w, h)
				both("\x1b[2J\x1b[H")
				last = ""
			}
			next := frame(r, w, h, last)
			both(rendered(last, next, w, h))
			last = next
			d.Flush()
			if diff := compare(diffed.emu, direct.emu); diff != "" {
				t.Fatalf("seed %d, frame %d, %dx%d: %s\n%q", seed, i, w, h, diff, next)
			}
		}
		both("\x1b[?1049l")
		if err := d.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		if len(diffed.all) > len(direct.all) {
			t.Errorf("seed %d: %d bytes through the writer, %d without", seed, len(diffed.all), len(direct.all))
		}
		_, _ = direct.Close(), diffed.Close()
	}
}

// TestShownAtOnce: a frame that is shown stands there before the renderer writes
// it, and stays when the renderer does, or leaves frames out.
func TestShownAtOnce(t *testing.T) {
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 2))
		w, h := 20+r.IntN(60), 5+r.IntN(20)
		direct, diffed := newTerminal(w, h), newTerminal(w, h)
		d := newDiffWriter(diffed, diffed.size, nil)
		start := "\x1b[?1049h\x1b[2J\x1b[H"
		_, _ = direct.Write([]byte(start))
		if _, err := d.Write([]byte(start)); err != nil {
			t.Fatal(err)
		}
		last, written := "", "" // what the renderers wrote last
		for i := range 40 {
			next := frame(r, w, h, last)
			lines := strings.Split(next, "\n")
			for j, l := range lines { // a frame of a face is as wide as the screen
				lines[j] = l + strings.Repeat(" ", w-ansi.StringWidth(l))
			}
			next = strings.Join(lines, "\n")
			_, _ = direct.Write([]byte(rendered(last, next, w, h)))
			last = next
			d.Show(next)
			for range 2 {
				d.Flush()
				if diff := compare(diffed.emu, direct.emu); diff != "" {
					t.Fatalf("seed %d, frame %d, %dx%d: %s\n%q", seed, i, w, h, diff, next)
				}
				if r.IntN(2) == 0 { // the renderer comes, too
					if _, err := d.Write([]byte(rendered(written, next, w, h))); err != nil {
						t.Fatal(err)
					}
					written = next
				}
			}
		}
		d.Show("of another\nsize")
		d.Flush()
		if diff := compare(diffed.emu, direct.emu); diff != "" {
			t.Errorf("a frame of another size was drawn: %s", diff)
		}
		if err := d.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		_, _ = direct.Close(), diffed.Close()
	}
}

// rendered is what Bubble Tea's standard renderer writes to get from one frame
// to the next in the alternate screen.
func rendered(last, next string, w, h int) string {
	var b strings.Builder
	b.WriteString("\x1b[H")
	old := strings.Split(last, "\n")
	lines := strings.Split(next, "\n")
	for i, l := range lines {
		if last != "" && i < len(old) && old[i] == l {
			if i < len(lines)-1 {
				b.WriteByte('\n')
			}
			continue
		}
		b.WriteByte('\r')
		b.WriteString(l)
		if ansi.StringWidth(l) < w {
			b.WriteString("\x1b[K")
		}
		if i < len(lines)-1 {
			b.WriteString("\r\n")
		}
	}
	fmt.Fprintf(&b, "\x1b[%dH", len(lines))
	return b.String()
}

// TestSplitWrites cuts the same bytes anywhere: the screen must not differ.
func TestSplitWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	// A cluster that is cut in two writes loses its accent; Bubble Tea writes
	// whole frames.
	plain := strings.ReplaceAll(frame(r, 40, 8, ""), "e\u0301", "é")
	text := "\x1b[?1049h\x1b]0;title\x07" + rendered("", plain, 40, 8) + "\x1b[3;5H\x1b[1;38;5;75mok\x1b[2D漢\x1b[5;1H\x1b[2K"
	whole := newTerminal(40, 8)
	_, _ = whole.Write([]byte(text))
	for cut := 1; cut < len(text); cut += 3 {
		term := newTerminal(40, 8)
		d := newDiffWriter(term, term.size, nil)
		for p := text; p != ""; {
			n := min(cut, len(p))
			_, _ = d.Write([]byte(p[:n]))
			p = p[n:]
		}
		d.Flush()
		if diff := compare(term.emu, whole.emu); diff != "" {
			t.Fatalf("cut into %d bytes: %s", cut, diff)
		}
		_, _ = d.Close(), term.Close()
	}
	_ = whole.Close()
}

func TestSameFrameCostsNothing(t *testing.T) {
	term := newTerminal(40, 8)
	d := newDiffWriter(term, term.size, nil)
	f := frame(rand.New(rand.NewPCG(1, 2)), 40, 8, "")
	_, _ = d.Write([]byte("\x1b[?1049h" + rendered("", f, 40, 8)))
	d.Flush()
	before := d.Sent()
	_, _ = d.Write([]byte(rendered("", f, 40, 8)))
	d.Flush()
	if n := d.Sent() - before; n != 0 {
		t.Errorf("the same frame cost %d bytes", n)
	}
	_, _ = d.Close(), term.Close()
}

// TestPassesOutsideTheAlternateScreen: what the shell sees is untouched.
func TestPassesOutsideTheAlternateScreen(t *testing.T) {
	term := newTerminal(40, 8)
	d := newDiffWriter(term, term.size, nil)
	_, _ = d.Write([]byte("before \x1b[1mbold\x1b[m\r\n"))
	_, _ = d.Write([]byte("\x1b[?1049h\x1b[31mred\x1b[?1049l"))
	_, _ = d.Write([]byte("after\r\n"))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := string(term.all), "before \x1b[1mbold\x1b[m\r\n\x1b[?1049h\x1b[?1049lafter\r\n"; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	_ = term.Close()
}

// stuckTerminal takes nothing until it is let go.
type stuckTerminal struct {
	*terminal
	gate chan struct{}
}

func (s *stuckTerminal) Write(p []byte) (int, error) { <-s.gate; return s.terminal.Write(p) }

// TestStuckTerminal: writes return while nothing is taken, and what is shown
// afterwards is the last frame, not all of them.
func TestStuckTerminal(t *testing.T) {
	s := &stuckTerminal{newTerminal(40, 8), make(chan struct{})}
	d := newDiffWriter(s, s.size, nil)
	r := rand.New(rand.NewPCG(3, 3))
	last := frame(r, 40, 8, "")
	_, _ = d.Write([]byte("\x1b[?1049h" + rendered("", last, 40, 8)))
	total := 0
	for range 200 {
		next := frame(r, 40, 8, last)
		b := rendered(last, next, 40, 8)
		total += len(b)
		if _, err := d.Write([]byte(b)); err != nil { // would hang for ever if it waited
			t.Fatal(err)
		}
		last = next
	}
	close(s.gate)
	d.Flush()
	want := newTerminal(40, 8)
	_, _ = want.Write([]byte("\x1b[?1049h" + rendered("", last, 40, 8)))
	if diff := compare(s.emu, want.emu); diff != "" {
		t.Error(diff)
	}
	if d.Sent() > int64(total)/10 {
		t.Errorf("%d bytes were sent of %d drawn: frames were queued", d.Sent(), total)
	}
	_, _, _ = d.Close(), s.Close(), want.Close()
}

func TestLostTerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	defer w.Close()
	d := newDiffWriter(w, func() (int, int) { return 40, 8 }, nil)
	_, _ = d.Write([]byte("\x1b[?1049hhello"))
	select {
	case <-d.Lost():
	case <-time.After(10 * time.Second):
		t.Fatal("the loss was not noticed")
	}
	if _, err := d.Write([]byte("more")); err == nil {
		t.Error("Write succeeded on a lost terminal")
	}
	if err := d.Close(); err == nil {
		t.Error("Close succeeded on a lost terminal")
	}
}

// FuzzPlay throws bytes at the parser: no panic, and the same screen again
// costs nothing.
func FuzzPlay(f *testing.F) {
	f.Add([]byte("\x1b[?1049h\x1b[2;3Hab\x1b[1;31mc\x1b[K漢\r\n\x1b[99A\x1b[J"))
	f.Add([]byte("\x1b[?1049h\x1b]8;;http://x\x1b\\link\x1b[38;2;1;2;3mX\x1b[48:5:7mY\x1b[;;m\x1b[2147483648C"))
	f.Add([]byte("\x1b[?1049h\x1bP+q\x1b\\\x1b(B\xff\xfe\xe6\xbc"))
	f.Fuzz(func(t *testing.T, p []byte) {
		d := &DiffWriter{lost: make(chan struct{}), played: played{clusters: new(cells.Clusters)}}
		d.want, d.have = cells.NewShared(30, 6, d.clusters), cells.NewShared(30, 6, d.clusters)
		d.play([]byte("\x1b[?1049h"), d)
		d.play(p, d)
		d.dirty = true
		d.compose(nil)
		d.dirty = true
		if again := d.compose(nil); len(again) > 0 {
			t.Errorf("the same screen again: %q", again)
		}
	})
}

func BenchmarkDiffWriter(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			frames := liveFrames(b, screen.Size{W: size[0], H: size[1]}, 64, time.Second/2, screen.State{})
			d := &DiffWriter{lost: make(chan struct{}), played: played{clusters: new(cells.Clusters)}}
			d.want, d.have = cells.NewShared(size[0], size[1], d.clusters), cells.NewShared(size[0], size[1], d.clusters)
			d.play([]byte("\x1b[?1049h"), d)
			var out []byte
			sent, last, i := 0, "", 0
			b.ReportAllocs()
			for b.Loop() {
				next := frames[i%len(frames)]
				d.play([]byte(rendered(last, next, size[0], size[1])), d)
				d.dirty = true
				out = d.compose(out[:0])
				sent += len(out)
				last = next
				i++
			}
			b.ReportMetric(float64(sent)/float64(b.N), "bytes/frame")
		})
	}
}
