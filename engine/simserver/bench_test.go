package simserver

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// drain sends one chat request over a raw connection and reads the answer to
// its end without parsing it.
func drain(b *testing.B, addr, body string, read *atomic.Int64) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		b.Error(err)
		return
	}
	defer func() { _ = c.Close() }()
	fmt.Fprintf(c, "POST /v1/chat/completions HTTP/1.1\r\nHost: sim\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	n, err := io.Copy(io.Discard, bufio.NewReaderSize(c, 64<<10))
	if err != nil {
		b.Error(err)
	}
	read.Add(n)
}

// BenchmarkFirehose writes b.N events per iteration over 8 connections; one
// op is one event.
func BenchmarkFirehose(b *testing.B) {
	for _, per := range []int{1, 4, 16, 64} {
		b.Run(fmt.Sprintf("per-write-%d", per), func(b *testing.B) {
			s, err := Start(Unpaced(per, 16))
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			const conns = 8
			n := min(100_000, max(1, b.N/conns))
			body := fmt.Sprintf(`{"model":"sim","stream":true,"max_tokens":%d,"messages":[{"role":"user","content":"go"}]}`, n)
			addr := strings.TrimPrefix(s.URL(), "http://")
			var read atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			var left atomic.Int64
			left.Store(int64(b.N))
			var wg sync.WaitGroup
			for range conns {
				wg.Go(func() {
					for left.Add(int64(-n)) > -int64(n) {
						drain(b, addr, body, &read)
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(read.Load())/float64(b.N), "bytes/event")
		})
	}
}

// BenchmarkPaced runs scripted streams side by side, 64 tokens each, and
// reports how late the writes were against their deadlines. One op is one
// round of all streams.
func BenchmarkPaced(b *testing.B) {
	for _, streams := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("streams-%d", streams), func(b *testing.B) {
			var mu sync.Mutex
			var late []int64
			cfg := Exact(200*time.Millisecond, 20*time.Millisecond, 64)
			cfg.Truth = func(t Truth) {
				mu.Lock()
				defer mu.Unlock()
				for i := range t.WriteNS {
					late = append(late, t.WriteNS[i]-t.DueNS[i])
				}
			}
			s, err := Start(cfg)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			addr := strings.TrimPrefix(s.URL(), "http://")
			var read atomic.Int64
			for b.Loop() {
				var wg sync.WaitGroup
				for range streams {
					wg.Go(func() {
						drain(b, addr, `{"model":"sim","stream":true,"messages":[{"role":"user","content":"go"}]}`, &read)
					})
				}
				wg.Wait()
			}
			mu.Lock()
			defer mu.Unlock()
			slices.Sort(late)
			for _, q := range []float64{0.5, 0.99} {
				b.ReportMetric(float64(late[int(q*float64(len(late)-1))])/1e3, fmt.Sprintf("late-us-p%.0f", q*100))
			}
		})
	}
}
