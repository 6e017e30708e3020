package replay

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
)

// sensors replays what was measured beside the requests: GPUs and the servers'
// own metrics. The files stay on disk; only where their lines are is kept.
type sensors struct {
	gpus, pages *lineIndex
	scrapes     *aiperf.ScrapeDecoder
	// states says that pages are not the pages themselves but what was kept of
	// them.
	states bool

	// extra are the figures of GPUs that the run's user listed.
	extra []telemetry.ExtraField
	// stale is the age from which a sample is called old.
	stale time.Duration

	board *telemetry.Board // of one phase
	track *track
	course
}

// gpuExtra are the figures in the summary that AIPerf does not have by itself:
// JSON has their tags and units, the CSV their names.
func (d *Dir) gpuExtra() []telemetry.ExtraField {
	if d.Run == nil || len(d.Run.Telemetry) == 0 {
		return nil
	}
	sum, err := aiperf.DecodeGPUSummary(d.Run.Telemetry)
	if err != nil {
		return nil
	}
	list := aiperf.ExtraFields(sum, nil)
	if len(list) == 0 {
		return nil
	}
	data, err := os.ReadFile(d.file(export.ProfileCSV))
	if err != nil {
		return list
	}
	run, err := aiperf.DecodeProfileCSV(data, metric.Builtin())
	if err != nil {
		return list
	}
	return aiperf.ExtraFields(sum, run.GPURows)
}

// gpuOf tells which GPU a line is about.
func gpuOf(line []byte) (string, error) {
	g, err := aiperf.DecodeGPU(line)
	return g.Source + " " + g.UUID, err
}

// lineIndex is where the lines of a file of samples are, in order of time.
type lineIndex struct {
	file  *os.File
	lines []sampleLine
	// each is how many sources take turns, so that so many lines are one round.
	each int
	bad  int // lines that cannot be read
	fed  int // lines that the board has seen, or passed over
	buf  []byte
}

type sampleLine struct {
	atNS, offset int64
	size         int32
}

// staleAfter is the least age from which a sample is called old: several times
// the period of most sources.
const staleAfter = 5 * time.Second

// rounds is how many samples of each source a picture is made of.
const rounds = snap.HistoryPoints

// openSensors indexes the files of samples; nil when there are none.
func (d *Dir) openSensors() (*sensors, []error) {
	var errs []error
	open := func(k export.Kind) *lineIndex {
		f, err := d.open(k)
		if err == nil && f == nil {
			return nil
		}
		var x *lineIndex
		if err == nil {
			x, err = indexLines(f)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", d.Names.Of(k), err))
			return nil
		}
		return x
	}
	s := &sensors{gpus: open(export.GPUTelemetry), pages: open(export.ServerJSONL), scrapes: aiperf.NewScrapeDecoder(nil), stale: staleAfter}
	if s.pages != nil { // its lines do not tell what is a counter
		if data, err := os.ReadFile(d.file(export.ServerJSON)); err == nil {
			if run, err := aiperf.DecodeServerJSON(data); err == nil {
				s.scrapes = aiperf.NewScrapeDecoder(run.Metrics)
			}
		}
	}
	if s.pages == nil {
		s.pages, s.states = open(export.ServerStates), true
	}
	if s.gpus != nil {
		s.gpus.count(gpuOf)
		s.extra = d.gpuExtra()
		s.stale = max(s.stale, 3*s.gpus.every())
	}
	if s.pages != nil {
		s.pages.count(func(line []byte) (string, error) {
			if s.states {
				r, err := aiperf.DecodeServerState(line)
				return r.URL, err
			}
			p, err := s.scrapes.Decode(line)
			if err != nil {
				return "", err
			}
			return p.URL, nil
		})
	}
	if s.gpus == nil && s.pages == nil {
		return nil, errs
	}
	return s, errs
}

var timeKey = []byte(`"timestamp_ns":`)

// indexLines finds the lines of a file and their times. It takes the file over.
func indexLines(f *os.File) (*lineIndex, error) {
	x := &lineIndex{file: f, each: 1}
	lines := lineReader{r: bufio.NewReaderSize(f, 256<<10)}
	at := int64(0)
	for {
		line, ended, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, errLongLine) {
			_ = f.Close()
			return nil, err
		}
		from := at
		at += int64(len(line))
		if errors.Is(err, errLongLine) { // its length is not known any more
			x.bad++
			break
		}
		if isBlank(line) {
			continue
		}
		ns, ok := timeAfter(line, bytes.Index(line, timeKey), timeKey)
		if !ok || !ended && !bytes.HasSuffix(line, []byte("}")) {
			x.bad++
			continue
		}
		x.lines = append(x.lines, sampleLine{ns, from, int32(len(line))})
	}
	sort.SliceStable(x.lines, func(i, j int) bool { return x.lines[i].atNS < x.lines[j].atNS })
	return x, nil
}

// count finds out how many sources take turns in the first lines.
func (x *lineIndex) count(source func([]byte) (string, error)) {
	const look = 256
	seen := map[string]bool{}
	for i := range min(look, len(x.lines)) {
		if name, err := source(x.read(i)); err == nil {
			seen[name] = true
		}
	}
	x.each = max(1, len(seen))
}

// every is how far apart the rounds are on the whole.
func (x *lineIndex) every() time.Duration {
	rounds := len(x.lines) / x.each
	if rounds < 2 {
		return 0
	}
	return time.Duration((x.lines[len(x.lines)-1].atNS - x.lines[0].atNS) / int64(rounds-1))
}

// read returns a line; it is valid until the next call.
func (x *lineIndex) read(i int) []byte {
	l := x.lines[i]
	x.buf = slices.Grow(x.buf[:0], int(l.size))[:l.size]
	if readFull(x.file, x.buf, l.offset) != nil {
		return nil
	}
	return x.buf
}

// by is how many lines are not after a time.
func (x *lineIndex) by(ns int64) int {
	return sort.Search(len(x.lines), func(i int) bool { return x.lines[i].atNS > ns })
}

// feed shows the lines up to a time to add, from where it left off. With anew it
// begins with the first round, from which totals count, and the one before the
// phase, from which its own do; of what is long past it shows nothing.
func (x *lineIndex) feed(ns, phaseNS int64, anew bool, add func([]byte)) {
	if x == nil {
		return
	}
	to := x.by(ns)
	from := max(0, to-rounds*x.each) // what a picture needs
	if anew {
		start := x.by(phaseNS)
		next := 0
		for _, part := range [][2]int{{0, x.each}, {start - x.each, start + x.each}} {
			for next = max(next, part[0]); next < min(part[1], from); next++ {
				add(x.read(next))
			}
		}
	} else {
		from = max(from, x.fed)
	}
	for i := from; i < to; i++ {
		add(x.read(i))
	}
	x.fed = to
}

// far reports that the lines up to a time are not those that follow what was
// fed.
func (x *lineIndex) far(ns int64) bool {
	return x != nil && x.by(ns) < x.fed
}

// draw puts the GPUs and servers at a time of a phase into a picture.
func (s *sensors) draw(out *snap.Snapshot, k *track, at time.Duration) {
	if s == nil {
		return
	}
	ns := k.origin + int64(at)
	anew := s.track != k || s.gpus.far(ns) || s.pages.far(ns)
	if anew {
		s.board, s.track = telemetry.NewBoard(k.origin, s.stale), k
		s.board.Extra(s.extra)
	}
	s.gpus.feed(ns, k.origin, anew, func(line []byte) {
		if g, err := aiperf.DecodeGPU(line); err == nil {
			s.board.AddGPU(&g, 0)
		}
	})
	s.pages.feed(ns, k.origin, anew, func(line []byte) { s.show(line, s.board) })
	state := s.board.State(ns)
	out.GPUs, out.Servers = state.GPUs, state.Servers
	out.Sensors, out.SensorWidth = s.until(k, at)
}

// pagesKind is the file that pages are of.
func (s *sensors) pagesKind() export.Kind {
	if s.states {
		return export.ServerStates
	}
	return export.ServerJSONL
}

// show puts a line about a server onto a board; what cannot be read is left out.
func (s *sensors) show(line []byte, b *telemetry.Board) {
	if s.states {
		if r, err := aiperf.DecodeServerState(line); err == nil {
			b.AddRoles(&r)
		}
		return
	}
	if p, err := s.scrapes.Decode(line); err == nil {
		b.AddScrape(p)
	}
}

// close frees the files.
func (s *sensors) close() {
	if s == nil {
		return
	}
	for _, x := range []*lineIndex{s.gpus, s.pages} {
		if x != nil {
			_ = x.file.Close() // only read
		}
	}
}
