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
// the bare loop hardly does more than copy memory, so parsing anything costs a
// multiple of it.
var loads = []load{
	{"paced-25600-per-s/clock=precise", []string{"--ttft", "10ms", "--itl", "10ms"}, "precise", 256, 300, 1},
	{"saturated/events-per-write=1/clock=fast", []string{"--firehose", "1"}, "fast", 64, 2000, 12},
	{"saturated/events-per-write=1/clock=precise", []string{"--firehose", "1"}, "precise", 64, 2000, 12},
	{"saturated/events-per-write=4/clock=fast", []string{"--firehose", "4"}, "fast", 64, 2000, 12},
	{"saturated/events-per-write=16/clock=fast", []string{"--firehose", "16"}, "fast", 64, 2000, 12},
}

func (l *load) events() float64 { return float64(l.streams * l.tokens * l.rounds) }

// BenchmarkWholeProgram runs the whole program (sending, stamps, parsing,
// token counts, statistics, files) and a bare loop that only reads, in turn,
// against the same server in another process, and prints events per second and
// CPU seconds per million events of both, and their ratios.
//
//	go test -run '^$' -bench WholeProgram -benchtime 3x ./app
func BenchmarkWholeProgram(b *testing.B) {
	for _, l := range loads {
		b.Run(l.name, func(b *testing.B) {
			url := startServer(b, &l)
			var bare, whole cost
			for range b.N {
				bare.add(b, l.events(), func() { readBare(b, url, &l) })
				whole.add(b, l.events(), func() { runWhole(b, url, &l) })
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(bare.rate(), "bare-events/s")
			b.ReportMetric(whole.rate(), "tacho-events/s")
			b.ReportMetric(bare.cpu(), "bare-cpu-s/M")
			b.ReportMetric(whole.cpu(), "tacho-cpu-s/M")
			b.ReportMetric(whole.rate()/bare.rate(), "rate-ratio")
			b.ReportMetric(whole.cpu()/bare.cpu(), "cpu-ratio")
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

// readBare sends the same requests and only reads, a large buffer at a time.
func readBare(b *testing.B, url string, l *load) {
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
				for tail := []byte(nil); !bytes.HasSuffix(tail, []byte("0\r\n\r\n")); {
					n, err := c.Read(buf)
					if err != nil {
						b.Error(err)
						return
					}
					tail = append(tail, buf[max(0, n-5):n]...)
					tail = tail[max(0, len(tail)-5):]
				}
			}
		})
	}
	wg.Wait()
}

// runWhole is `tacho profile` from options to files.
func runWhole(b *testing.B, url string, l *load) {
	env := Env{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Args: []string{
		"profile", "--model", "mock", "--url", url, "--streaming", "--clock", l.clock,
		"--concurrency", strconv.Itoa(l.streams), "--request-count", strconv.Itoa(l.streams * l.rounds), "--num-dataset-entries", "4",
		"--isl", "16", "--osl", strconv.Itoa(l.tokens), "--ui", "none", "--artifact-dir", filepath.Join(b.TempDir(), "run"),
	}}
	if code := Main(env); code != 0 {
		b.Fatalf("exit code %d", code)
	}
}
