package app

import (
	"fmt"
	"testing"
	"time"

	"tacho/engine/telemetry"
	"tacho/profiles"
)

// TestWhatIsWatched: which sources the options and the variables of the
// environment ask for.
func TestWhatIsWatched(t *testing.T) {
	const usual = "http://localhost:9400/metrics http://localhost:9401/metrics"
	for _, c := range []struct {
		args []string
		env  map[string]string
		want string
	}{
		{nil, nil, fmt.Sprintf("gpus [] quiet [%s] nvml %d servers [] quiet [http://box:8000/metrics] every 333ms 333ms 2s", usual, telemetry.NVMLOff)},
		{[]string{"--url", "http://localhost:8000/v1", "http://box/v1"}, nil,
			fmt.Sprintf("gpus [] quiet [%s] nvml %d servers [] quiet [http://localhost:8000/metrics http://box/metrics] every 333ms 333ms 2s", usual, telemetry.NVMLAuto)},
		{[]string{"--gpu-telemetry", "n1:9400", "http://n2:9400/metrics", "--server-metrics", "h:1"}, nil,
			fmt.Sprintf("gpus [http://n1:9400/metrics http://n2:9400/metrics] quiet [%s] nvml %d servers [http://h:1/metrics] quiet [http://box:8000/metrics] every 333ms 333ms 2s", usual, telemetry.NVMLOff)},
		{[]string{"--gpu-telemetry", "pynvml", "--no-server-metrics"}, nil,
			fmt.Sprintf("gpus [] quiet [] nvml %d servers [] quiet [] every 333ms 333ms 2s", telemetry.NVMLMust)},
		{[]string{"--gpu-telemetry", "amdsmi", "--no-server-metrics"}, nil, "nothing [--gpu-telemetry amdsmi: AMD's driver is not asked by tacho, so there are no GPU figures; " +
			"run AMD's device metrics exporter and give its page instead: --gpu-telemetry http://HOST:5000/metrics]"},
		{[]string{"--gpu-telemetry", "amdsmi", "amd:5000", "--no-server-metrics"}, nil,
			fmt.Sprintf("gpus [http://amd:5000/metrics] quiet [] nvml %d servers [] quiet [] every 333ms 333ms 2s [--gpu-telemetry amdsmi: AMD's driver is not asked by tacho; AMD's GPUs are read from the given pages alone]", telemetry.NVMLOff)},
		{[]string{"--no-server-metrics"}, map[string]string{
			"AIPERF_GPU_DEFAULT_DCGM_ENDPOINTS": `["http://a/metrics", "http://b/metrics"]`, "AIPERF_GPU_COLLECTION_INTERVAL": "1",
			"AIPERF_SERVER_METRICS_COLLECTION_INTERVAL": "0.5", "AIPERF_SERVER_METRICS_COLLECTION_FLUSH_PERIOD": "0",
		}, fmt.Sprintf("gpus [] quiet [http://a/metrics http://b/metrics] nvml %d servers [] quiet [] every 1s 500ms -1ns", telemetry.NVMLOff)},
		{[]string{"--no-server-metrics", "--no-gpu-telemetry"}, nil, "nothing"},
		{nil, map[string]string{"AIPERF_GPU_COLLECTION_INTERVAL": "fast"}, "AIPERF_GPU_COLLECTION_INTERVAL=fast: want seconds from 0.01 to 300"},
		{nil, map[string]string{"AIPERF_SERVER_METRICS_COLLECTION_FLUSH_PERIOD": "31"}, "AIPERF_SERVER_METRICS_COLLECTION_FLUSH_PERIOD=31: want seconds from 0 to 30"},
	} {
		args := append([]string{"-m", "m", "--url", "http://box:8000"}, c.args...)
		if len(c.args) > 0 && c.args[0] == "--url" {
			args = append([]string{"-m", "m"}, c.args...)
		}
		p, _, err := profiles.ParseArgs(args, profiles.Env{})
		if err != nil {
			t.Fatal(c.args, err)
		}
		s := &session{profile: p, env: Env{Getenv: func(name string) string { return c.env[name] }}}
		cfg, err := s.sensorConfig()
		got := "nothing"
		switch {
		case err != nil:
			got = err.Error()
		case cfg != nil:
			got = fmt.Sprintf("gpus %v quiet %v nvml %d servers %v quiet %v every %v %v %v", cfg.GPUPages, cfg.QuietGPUPages, cfg.NVML, cfg.Servers, cfg.QuietServers, cfg.Every, cfg.ServerEvery, cfg.Tail)
		}
		if len(s.notices) > 0 {
			got += fmt.Sprintf(" %v", s.notices)
		}
		if got != c.want {
			t.Errorf("%v %v:\ngot  %s\nwant %s", c.args, c.env, got, c.want)
		}
	}
	if d, err := envSeconds(func(string) string { return "" }, "X", 0, 1, time.Second); d != time.Second || err != nil {
		t.Error(d, err)
	}
}
