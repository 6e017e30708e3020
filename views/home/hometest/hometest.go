// Package hometest makes an invented ledger for the tests of the start screen.
package hometest

import (
	"fmt"
	"math"
	"time"

	"tacho/views/home"
	"tacho/views/viewtest"
)

// Ledger is the start screen after some weeks of work.
func Ledger() home.Data {
	d := home.Data{Root: "artifacts"}
	verdicts := []string{"PASS", "FAIL", "WARN", "", "SATURATED", "cancelled"}
	reasons := map[string]string{"FAIL": "TTFT p95 is 412 ms, over 300 ms", "WARN": "requests left 12 ms late at p99", "SATURATED": "this process used 1.94 of 2 cores"}
	for i := range 40 {
		r := home.Run{
			Dir:  fmt.Sprintf("artifacts/Qwen3-8B-openai-chat-concurrency%d-%02d", 1<<(i%8), i),
			Name: []string{"", "before", "after", "nightly"}[i%4], Model: "Qwen3-8B", Endpoint: "chat", Host: "gpu-box:8000",
			Load: fmt.Sprintf("closed loop %d", 1<<(i%8)), When: time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC).Add(-time.Duration(i) * 31 * time.Hour),
			Length: 5 * time.Minute, TTFT50: 180 + float64(i*7%60), TTFT99: 470 + float64(i*11%90), ITL50: 18.2, Latency50: 2660, ReqSec: 12.3, TokSec: 3512, GoodShare: 0.976,
			Requests: 3690, Errors: int64(i % 3), Verdict: verdicts[i%len(verdicts)], Origin: "tacho 0.1.0", Command: viewtest.Command, Simulated: i%9 == 4,
		}
		r.Reason = reasons[r.Verdict]
		for j := range 120 {
			r.Trend = append(r.Trend, r.TTFT50*(1+0.1*math.Sin(float64(i+j)/9)))
		}
		if i%13 == 12 { // an old directory with little in it
			nan := math.NaN()
			r = home.Run{Dir: r.Dir, Model: r.Model, When: r.When, Length: -1, TTFT50: nan, TTFT99: nan, ITL50: nan, Latency50: nan, ReqSec: nan, TokSec: nan, GoodShare: nan, Requests: -1, Errors: -1, Origin: "AIPerf 0.13.0", Verdict: "damaged", Reason: "profile_export_aiperf.json is cut off"}
		}
		d.Runs = append(d.Runs, r)
	}
	d.Profiles = []home.Profile{
		{Name: "chat-64", Path: "/home/u/.config/tacho/profiles/chat-64.yaml", Summary: "closed loop 64 · Qwen3-8B · http://gpu-box:8000", Command: viewtest.Command},
		{Name: "soak", Path: "/home/u/.config/tacho/profiles/soak.yaml", Summary: "poisson 50 req/s, 6 h", Command: "tacho profile --request-rate 50"},
	}
	return d
}
