package tui

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"

	"tacho/views/cells"
)

// DiffWriter stands between Bubble Tea and the terminal. Bubble Tea rewrites
// every line in which anything changed; the writer plays what it says into a
// grid of cells and sends the terminal only the cells that differ from what it
// shows already.
//
// Write never waits for the terminal. A goroutine sends; while the line is
// stuck, frames replace each other in the grid and the newest one is sent when
// the line moves again. Outside the alternate screen everything passes as it is.
type DiffWriter struct {
	term term.File // answers for size and modes
	out  io.Writer // where the bytes go
	size func() (w, h int)

	mu    sync.Mutex
	moved *sync.Cond // the state below changed
	played
	have   *cells.Grid // what the terminal shows, if known
	known  bool
	at     position // the terminal's cursor
	pen    cells.Style
	ctl    []byte // to be sent before the next frame, in order
	dirty  bool   // want may differ from have
	busy   bool   // the goroutine is in a write
	closed bool
	sent   int64
	err    error
	lost   chan struct{}
	ended  chan struct{}
	record *recorder // nil: none; the goroutine's
}

// position is a cell of the terminal; x is -1 when it is not known.
type position struct{ x, y int }

// maxCtl bounds what waits for a stuck terminal besides the frame.
const maxCtl = 1 << 16

// newDiffWriter returns a writer in front of a terminal. Size tells the size of
// its screen; nil asks the terminal at each write. What is shown goes to record
// too, unless it is nil. Close ends its goroutine.
func newDiffWriter(f term.File, size func() (w, h int), record *recorder) *DiffWriter {
	d := &DiffWriter{term: f, out: f, size: size, record: record, lost: make(chan struct{}), ended: make(chan struct{})}
	d.moved = sync.NewCond(&d.mu)
	if d.size == nil {
		d.size = func() (int, int) {
			w, h, err := term.GetSize(f.Fd())
			if err != nil {
				return 0, 0
			}
			return w, h
		}
	}
	if own := reopen(f); own != nil {
		d.out = own
	}
	d.clusters = new(cells.Clusters)
	d.want = cells.NewShared(0, 0, d.clusters)
	d.have = cells.NewShared(0, 0, d.clusters)
	d.at = position{-1, -1}
	go d.send()
	return d
}

// Fd is the terminal's descriptor: Bubble Tea asks it for the window size.
func (d *DiffWriter) Fd() uintptr { return d.term.Fd() }

// Read is there because Bubble Tea takes only a whole file for a terminal.
func (d *DiffWriter) Read(p []byte) (int, error) { return d.term.Read(p) }

// Write plays p into the grid and returns at once. It fails once the terminal
// was lost.
func (d *DiffWriter) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return 0, d.err
	}
	d.fit()
	d.play(p, d)
	d.dirty = d.alt
	d.moved.Broadcast()
	return len(p), nil
}

// fit gives the grids the size of the terminal. The caller holds the lock.
func (d *DiffWriter) fit() {
	if w, h := d.size(); w > 0 && h > 0 {
		if ow, oh := d.want.Size(); ow != w || oh != h {
			d.want.Resize(w, h)
			d.have = cells.NewShared(w, h, d.clusters)
			d.known = false
		}
	}
}

// Show puts a whole frame on the alternate screen at once. Bubble Tea's renderer,
// which writes at a rate of its own, then finds it there already: it must be
// given every frame, or none, since it writes only the lines that differ from
// its last one. A frame of another size is left to the renderer.
func (d *DiffWriter) Show(frame string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil || !d.alt || d.rest != "" {
		return
	}
	d.fit()
	w, h := d.want.Size()
	if strings.Count(frame, "\n") != h-1 || ansi.StringWidth(frame[:strings.IndexByte(frame+"\n", '\n')]) != w {
		return
	}
	before := d.played // the renderer moves on from where it left the cursor
	d.y = 0
	for line := range strings.SplitSeq(frame, "\n") {
		d.x, d.wrap, d.style = 0, false, cells.Style{}
		d.play([]byte(line), d)
		d.y++
	}
	d.x, d.y, d.wrap, d.style = before.x, before.y, before.wrap, before.style
	d.dirty = true
	d.moved.Broadcast()
}

// Lost is closed when the terminal cannot be written to any more.
func (d *DiffWriter) Lost() <-chan struct{} { return d.lost }

// Sent is the number of bytes given to the terminal so far.
func (d *DiffWriter) Sent() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sent
}

// Flush waits until the terminal has been given everything.
func (d *DiffWriter) Flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for (d.dirty || len(d.ctl) > 0 || d.busy) && d.err == nil {
		d.moved.Wait()
	}
}

// Close sends what is left and ends the goroutine, but does not close the
// terminal. A terminal that takes nothing for closeGrace is given up; then, or
// if it was lost before, the error says so.
func (d *DiffWriter) Close() error {
	d.mu.Lock()
	d.closed = true
	d.moved.Broadcast()
	d.mu.Unlock()
	select {
	case <-d.ended:
	case <-time.After(closeGrace):
		// Only our own, pollable descriptor takes a deadline. Without one the
		// goroutine stays in its write until the terminal moves or goes away.
		if f, ok := d.out.(*os.File); ok && f != d.term {
			_ = f.SetWriteDeadline(time.Now())
			<-d.ended
		}
	}
	if f, ok := d.out.(*os.File); ok && io.Writer(f) != io.Writer(d.term) {
		_ = f.Close()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil && d.busy {
		return errStuck
	}
	return d.err
}

var errStuck = errors.New("the terminal takes no output")

// send writes frames until Close, one at a time.
func (d *DiffWriter) send() {
	defer close(d.ended)
	var chunk []byte
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		for !d.dirty && len(d.ctl) == 0 && !d.closed {
			d.moved.Wait()
		}
		chunk = d.compose(chunk[:0])
		if len(chunk) > 0 {
			d.busy = true
			d.mu.Unlock()
			_, err := d.out.Write(chunk)
			d.record.add(chunk)
			d.mu.Lock()
			d.busy = false
			d.sent += int64(len(chunk))
			if err != nil {
				d.err = err
				close(d.lost)
				d.moved.Broadcast()
				return
			}
		}
		d.moved.Broadcast()
		if d.closed && !d.dirty && len(d.ctl) == 0 {
			return
		}
	}
}

// The controls that the played screen hands on.

// pass sends a sequence that draws nothing: modes, titles, the clipboard.
func (d *DiffWriter) pass(seq string) {
	if len(d.ctl)+len(seq) <= maxCtl {
		d.ctl = append(d.ctl, seq...)
	}
}

// enter and leave are the alternate screen coming and going.
func (d *DiffWriter) enter(seq string) {
	d.pass(seq)
	d.forget()
}

func (d *DiffWriter) leave(seq string) {
	d.ctl = cells.AppendSGR(d.ctl, d.pen, cells.Style{})
	d.pen = cells.Style{}
	d.pass(seq)
	d.forget()
	d.dirty = false
}

// forget makes the next frame a full one.
func (d *DiffWriter) forget() {
	d.known = false
	d.at = position{-1, -1}
}
