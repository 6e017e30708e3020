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

// The stream load of the comparison.
const (
	benchStreams = 64
	benchTokens  = 2000
	benchRounds  = 4 // answers per stream
)

// BenchmarkWholeProgram runs the whole program (sending, stamps, parsing,
// token counts, statistics, files) and a bare loop that only reads, in turn,
// against the same server in another process, and prints events per second and
// CPU seconds per million events of both, and their ratios.
//
//	go test -run '^$' -bench WholeProgram -benchtime 3x ./app
func BenchmarkWholeProgram(b *testing.B) {
	for _, perWrite := range []int{1, 4, 16} {
		for _, clock := range []string{"fast", "precise"} {
			b.Run(fmt.Sprintf("events-per-write=%d/clock=%s", perWrite, clock), func(b *testing.B) {
				url := startFirehose(b, perWrite)
				var bare, whole cost
				for range b.N {
					bare.add(b, func() { readBare(b, url) })
					whole.add(b, func() { runWhole(b, url, clock) })
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
}

// cost adds up time and CPU of one side.
type cost struct {
	wall, used time.Duration
	events     float64
}

func (c *cost) add(b *testing.B, f func()) {
	start, cpu := time.Now(), selfCPU(b)
	f()
	c.wall += time.Since(start)
	c.used += selfCPU(b) - cpu
	c.events += benchStreams * benchRounds * benchTokens
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

// startFirehose runs the simulator as another process.
func startFirehose(b *testing.B, perWrite int) (url string) {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(exe, "simulate", "--listen", "127.0.0.1:0", "--firehose", strconv.Itoa(perWrite), "--tokens", strconv.Itoa(benchTokens), "--model", "mock")
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
func readBare(b *testing.B, url string) {
	body := fmt.Sprintf(`{"messages":[{"role":"user","content":"go"}],"model":"mock","stream":true,"max_completion_tokens":%d,"stream_options":{"include_usage":true}}`, benchTokens)
	req := fmt.Sprintf("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	var wg sync.WaitGroup
	for range benchStreams {
		wg.Go(func() {
			c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Close()
			buf := make([]byte, 64<<10)
			for range benchRounds {
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
func runWhole(b *testing.B, url, clock string) {
	env := Env{Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }, Args: []string{
		"profile", "--model", "mock", "--url", url, "--streaming", "--clock", clock,
		"--concurrency", strconv.Itoa(benchStreams), "--request-count", strconv.Itoa(benchStreams * benchRounds), "--num-dataset-entries", "4",
		"--isl", "16", "--osl", strconv.Itoa(benchTokens), "--ui", "none", "--artifact-dir", filepath.Join(b.TempDir(), "run"),
	}}
	if code := Main(env); code != 0 {
		b.Fatalf("exit code %d", code)
	}
}
