//go:build unix

package app

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// load is one stream load of the comparison.
type load struct {
	name    string
	server  []string // options of the simulator
	clock   string
	streams int
	tokens  int
	rounds  int // answers per stream
}

// loads are paced ones, as a server that generates makes them, and saturated
// ones, where it writes as fast as the socket takes it. At 16 events per write
// the loops hardly do more than copy memory, so parsing anything costs a
// multiple of that. Each is long enough for start-up not to count.
var loads = []load{
	{"paced-25600-per-s/clock=precise", []string{"--ttft", "10ms", "--itl", "10ms"}, "precise", 256, 300, 1},
	{"saturated/events-per-write=1/clock=fast", []string{"--firehose", "1"}, "fast", 64, 2000, 12},
	{"saturated/events-per-write=1/clock=precise", []string{"--firehose", "1"}, "precise", 64, 2000, 12},
	{"saturated/events-per-write=4/clock=fast", []string{"--firehose", "4"}, "fast", 64, 2000, 24},
	{"saturated/events-per-write=16/clock=fast", []string{"--firehose", "16"}, "fast", 64, 2000, 48},
}

func (l *load) events() float64 { return float64(l.streams * l.tokens * l.rounds) }

// BenchmarkWholeProgram runs three clients in turn against the same server in
// another process, and prints events per second and CPU seconds per million
// events of each, and what tacho has of the bare loop's rate and takes of its CPU:
//
//   - bare, what no client that measures can do without: it reads, finds the end
//     of every event and counts them. It takes no time, parses nothing, knows no
//     HTTP beyond the end of a body.
//   - drain, which does not even look for events: it reads until the body ends.
//   - tacho, the whole program from options to files: sending, stamps, parsing,
//     token counts, statistics, exports. It leaves the server's metrics alone,
//     which it would wait for at the end.
//
// Run it with
//
//	go test -run '^$' -bench WholeProgram -benchtime 2x ./app
func BenchmarkWholeProgram(b *testing.B) {
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) {
			url := startServer(b, &l)
			var drain, bare, whole cost
			for range b.N {
				drain.add(b, l.events(), func() { readLoop(b, url, &l, false) })
				bare.add(b, l.events(), func() { readLoop(b, url, &l, true) })
				whole.add(b, l.events(), func() { runWhole(b, url, &l) })
			}
			b.ReportMetric(0, "ns/op")
			for _, c := range []struct {
				name string
				*cost
			}{{"drain", &drain}, {"bare", &bare}, {"tacho", &whole}} {
				b.ReportMetric(c.rate(), c.name+"-events/s")
				b.ReportMetric(c.cpu(), c.name+"-cpu-s/M")
			}
			b.ReportMetric(whole.rate()/bare.rate(), "rate/bare")
			b.ReportMetric(whole.cpu()/bare.cpu(), "cpu/bare")
			b.ReportMetric(whole.rate()/drain.rate(), "rate/drain")
			b.ReportMetric(whole.cpu()/drain.cpu(), "cpu/drain")
		})
	}
}

// cost adds up time and CPU of one side.
type cost struct {
	wall, used time.Duration
	events     float64
}

func (c *cost) add(b *testing.B, events float64, f func()) {
	start, cpu := time.Now(), selfCPU(b)
	f()
	c.wall += time.Since(start)
	c.used += selfCPU(b) - cpu
	c.events += events
}

func (c *cost) rate() float64 { return c.events / c.wall.Seconds() }
func (c *cost) cpu() float64  { return c.used.Seconds() / c.events * 1e6 }

func selfCPU(b *testing.B) time.Duration {
	var ru syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &ru); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ru.Utime.Nano() + ru.Stime.Nano())
}

// startServer runs the simulator as another process.
func startServer(b *testing.B, l *load) (url string) {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(exe, append([]string{"simulate", "--listen", "127.0.0.1:0", "--tokens", strconv.Itoa(l.tokens), "--model", "mock"}, l.server...)...)
	cmd.Env = append(os.Environ(), "TACHO_TEST_AS_PROGRAM=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	url, _, _ = strings.Cut(line, " ")
	return url
}

// readLoop sends the same requests and reads the answers, a large buffer at a
// time, to the end of the chunked body. If it counts, it finds every event and
// checks that there were enough.
func readLoop(b *testing.B, url string, l *load, counts bool) {
	body := fmt.Sprintf(`{"messages":[{"role":"user","content":"go"}],"model":"mock","stream":true,"max_completion_tokens":%d,"stream_options":{"include_usage":true}}`, l.tokens)
	req := fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	var wg sync.WaitGroup
	for range l.streams {
		wg.Go(func() {
			c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Close()
			buf := make([]byte, 64<<10)
			for range l.rounds {
				if _, err := io.WriteString(c, req); err != nil {
					b.Error(err)
					return
				}
				events := eventCount{}
				for tail := []byte(nil); !bytes.HasSuffix(tail, []byte("0\r\n\r\n")); {
					n, err := c.Read(buf)
					if err != nil {
						b.Error(err)
						return
					}
					if counts {
						events.add(buf[:n])
					}
					tail = append(tail, buf[max(0, n-5):n]...)
					tail = tail[max(0, len(tail)-5):]
				}
				if counts && events.n < l.tokens {
					b.Errorf("%d events, want %d", events.n, l.tokens)
				}
			}
		})
	}
	wg.Wait()
}

// eventCount counts the blank lines that end events, in pieces cut anywhere.
type eventCount struct {
	n    int
	half bool // the last piece ended after the first of two line feeds
}

func (e *eventCount) add(p []byte) {
	if e.half && p[0] == '\n' {
		e.n++
		p = p[1:]
	}
	for {
		i := bytes.Index(p, []byte("\n\n"))
		if i < 0 {
			break
		}
		e.n++
		p = p[i+2:]
	}
	e.half = len(p) > 0 && p[len(p)-1] == '\n'
}

// runWhole is `tacho profile` from options to files.
func runWhole(b *testing.B, url string, l *load) {
	env := Env{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Args: []string{
		"profile", "--model", "mock", "--url", url, "--streaming", "--clock", l.clock,
		"--concurrency", strconv.Itoa(l.streams), "--request-count", strconv.Itoa(l.streams * l.rounds), "--num-dataset-entries", "4",
		"--isl", "16", "--osl", strconv.Itoa(l.tokens), "--ui", "none", "--no-server-metrics", "--no-gpu-telemetry", "--artifact-dir", filepath.Join(b.TempDir(), "run"),
	}}
	if code := Main(env); code != 0 {
		b.Fatalf("exit code %d", code)
	}
}
