package transport

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func init() { tuneServer = setReno }

// setReno keeps a pacing congestion control, which may be the default even on
// loopback, from being what the benchmark measures.
func setReno(conn net.Conn) {
	rc, err := conn.(*net.TCPConn).SyscallConn()
	if err == nil {
		rc.Control(func(fd uintptr) { syscall.SetsockoptString(int(fd), syscall.IPPROTO_TCP, 13, "reno") })
	}
}

func startFirehose(b *testing.B) (addr string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), firehoseEnv+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

func cpuTime() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkFirehose reads b.N events per client and round over 8 connections from a server
// that writes as fast as it can: a bare read loop, and both clocks with stamps,
// events and a look into each. The clients take turns in one run, since only
// their ratio means anything on a shared machine.
func BenchmarkFirehose(b *testing.B) {
	addr := startFirehose(b)
	for _, per := range []int{1, 4, 16} {
		b.Run(fmt.Sprintf("per-write-%d", per), func(b *testing.B) {
			const conns = 8
			want := max(b.N/conns, 1)
			var wall, cpu [3]time.Duration
			var mallocs [3]uint64
			names := [3]string{"bare", "fast", "precise"}
			measure := func(i int, one func(n int)) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start, used := time.Now(), cpuTime()
				var wg sync.WaitGroup
				for range conns {
					wg.Go(func() { one(want) })
				}
				wg.Wait()
				wall[i] += time.Since(start)
				cpu[i] += cpuTime() - used
				runtime.ReadMemStats(&after)
				mallocs[i] += after.Mallocs - before.Mallocs
			}
			clients := [3]*Client{1: newClient(b, Options{Clock: Fast}), 2: newClient(b, Options{Clock: Precise})}
			const rounds = 4
			for range rounds {
				measure(0, func(n int) { bareRead(b, addr, n, per) })
				for i := 1; i < 3; i++ {
					measure(i, func(n int) { clientRead(b, clients[i], addr, n, per) })
				}
			}
			events := float64(rounds * want * conns)
			for i, name := range names {
				b.ReportMetric(events/wall[i].Seconds(), name+"-ev/s")
				b.ReportMetric(cpu[i].Seconds()*1e6/events, name+"-cpu-s/Mev")
				if i > 0 {
					b.ReportMetric(wall[0].Seconds()/wall[i].Seconds(), name+"/bare")
					b.ReportMetric(float64(mallocs[i])/events, name+"-allocs/ev")
				}
			}
			n := clients[2].Counters()
			b.ReportMetric(n.EqualShare(), "precise-equal")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func bareRead(b *testing.B, addr string, n, per int) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Error(err)
		return
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /%d/%d HTTP/1.1\r\n\r\n", n, per)
	buf := make([]byte, 32<<10)
	left := len(sseHead) + n*len(chunk(benchEvent)) + len("0\r\n\r\n")
	for left > 0 {
		m, err := conn.Read(buf)
		if err != nil {
			b.Error(err)
			return
		}
		left -= m
	}
}

func clientRead(b *testing.B, c *Client, addr string, n, per int) {
	count := 0
	r := c.Do(b.Context(), &Request{URL: fmt.Sprintf("http://%s/%d/%d", addr, n, per)}, HandlerFuncs{OnEvent: func(e *Event) error {
		e.Content = bytes.Contains(e.Data, []byte(`"content":`))
		count++
		return nil
	}})
	if r.Err != nil || count != n {
		b.Errorf("%d of %d events, %v", count, n, r.Err)
	}
}

// BenchmarkRequest is the cost of one short request on a pooled connection.
func BenchmarkRequest(b *testing.B) {
	addr := startFirehose(b)
	c := newClient(b, Options{})
	body := bytes.Repeat([]byte("x"), 2000)
	url := "http://" + addr + "/1/1"
	used := cpuTime()
	b.ReportAllocs()
	for b.Loop() {
		if r := c.Do(b.Context(), &Request{URL: url, Body: body}, HandlerFuncs{}); r.Err != nil {
			b.Fatal(r.Err)
		}
	}
	b.ReportMetric(float64((cpuTime()-used).Microseconds())/float64(b.N), "cpu-µs/op")
}

// BenchmarkParser cuts events out of full buffers.
func BenchmarkParser(b *testing.B) {
	batch := []byte(strings.Repeat(benchEvent, 100))
	p := NewParser(64<<10, 1<<20)
	var e Event
	b.SetBytes(int64(len(batch)))
	b.ReportAllocs()
	for b.Loop() {
		p.Advance(copy(p.Space(), batch))
		for n := 0; ; n++ {
			if ok, _ := p.Next(&e); !ok {
				if n != 100 {
					b.Fatal(n)
				}
				break
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/event")
}
