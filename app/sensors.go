package app

import (
	"context"
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"tacho/engine"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
)

// sensors is what is measured beside the requests of a run: the GPUs and the
// servers' own metrics. The zero value measures nothing.
type sensors struct {
	monitor *telemetry.Monitor
	files   *aiperf.TelemetryFiles
	result  *telemetry.Result // once closed; nil when nothing was watched
	err     error             // of the files
	// stale is the age from which a reading of GPUs has been missed.
	stale time.Duration
}

// startSensors begins to watch what the profile asks for, and waits a moment for
// the first readings: counters count from them. What does not answer is a
// notice.
func (s *session) startSensors(ctx context.Context) error {
	cfg, err := s.sensorConfig()
	if err != nil || cfg == nil {
		return err
	}
	s.doing("looking at GPUs and server metrics")
	jsonl := ""
	for _, format := range s.profile.ServerMetrics.Formats.V {
		if format == "jsonl" {
			jsonl = s.files.names.Of(export.ServerJSONL)
		}
	}
	s.sensors.files = aiperf.NewTelemetryFiles(s.files.dir, s.files.names.Of(export.GPUTelemetry), jsonl, s.files.names.Of(export.ServerStates))
	cfg.Sink, cfg.StartNS = s.sensors.files, record.Now()
	s.sensors.stale = telemetry.StaleAfter(cfg.Every)
	s.sensors.monitor, err = telemetry.Start(ctx, *cfg)
	if err != nil {
		return usagef("%w", err)
	}
	return nil
}

// sensorConfig says what to watch; nil is nothing.
func (s *session) sensorConfig() (*telemetry.Config, error) {
	p := s.profile
	c := &telemetry.Config{}
	var err error
	if c.Every, err = envSeconds(s.env.Getenv, "AIPERF_GPU_COLLECTION_INTERVAL", 0.01, 300, telemetry.DefaultEvery); err != nil {
		return nil, err
	}
	if c.ServerEvery, err = envSeconds(s.env.Getenv, "AIPERF_SERVER_METRICS_COLLECTION_INTERVAL", 0.001, 300, telemetry.DefaultEvery); err != nil {
		return nil, err
	}
	const flush = "AIPERF_SERVER_METRICS_COLLECTION_FLUSH_PERIOD"
	if c.Tail, err = envSeconds(s.env.Getenv, flush, 0, 30, telemetry.DefaultTail); err != nil {
		return nil, err
	}
	c.Settle = s.env.Getenv(flush) == "" // who sets it wants AIPerf's wait to the end
	if p.GPUTelemetry.Enabled.V {
		s.gpuSources(c)
	}
	if p.ServerMetrics.Enabled.V {
		for _, u := range p.Endpoint.URLs.V {
			if at := metricsOf(u); at != "" {
				c.QuietServers = append(c.QuietServers, at)
			}
		}
		c.Servers = append(c.Servers, p.ServerMetrics.URLs.V...)
	}
	if len(c.GPUPages)+len(c.QuietGPUPages)+len(c.Servers)+len(c.QuietServers) == 0 && c.NVML == telemetry.NVMLOff {
		return nil, nil
	}
	return c, nil
}

// gpuSources enters where GPU figures come from: the pages of exporters that
// were named and the usual ones of this machine, or its driver.
func (s *session) gpuSources(c *telemetry.Config) {
	g := &s.profile.GPUTelemetry
	c.Extra = s.gpuExtra
	for _, u := range g.URLs.V {
		if !strings.HasSuffix(u, "/metrics") {
			u = strings.TrimRight(u, "/") + "/metrics"
		}
		c.GPUPages = append(c.GPUPages, u)
	}
	switch g.Collector.V {
	case "pynvml":
		c.NVML = telemetry.NVMLMust
		return
	case "amdsmi":
		s.notices = append(s.notices, amdNotice(len(g.URLs.V) > 0))
		return
	}
	c.QuietGPUPages = usualGPUPages(s.env.Getenv)
	if len(g.URLs.V) == 0 && s.local() {
		c.NVML = telemetry.NVMLAuto // the GPUs of this machine may be those that serve
	}
}

// usualGPUPages are those that are tried without being named.
func usualGPUPages(getenv func(string) string) []string {
	list := getenv("AIPERF_GPU_DEFAULT_DCGM_ENDPOINTS")
	if list == "" {
		return telemetry.DefaultGPUPages
	}
	return strings.FieldsFunc(strings.Trim(list, "[]"), func(r rune) bool { return strings.ContainsRune(`,"' `, r) })
}

// local reports whether a server is on this machine by its address.
func (s *session) local() bool {
	for _, address := range s.profile.Endpoint.URLs.V {
		if u, err := url.Parse(address); err == nil {
			if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
				return true
			}
		}
	}
	return false
}

// metricsOf is the page with the metrics of a server, from the address that
// requests go to; empty if it has none.
func metricsOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	base := strings.TrimRight(u.Path, "/")
	if i := strings.Index(base+"/", "/v1/"); i >= 0 {
		base = base[:i]
	}
	return (&url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host, Path: path.Join("/", base, "metrics")}).String()
}

// envSeconds reads a variable that holds seconds.
func envSeconds(getenv func(string) string, name string, least, most float64, def time.Duration) (time.Duration, error) {
	text := getenv(name)
	if text == "" {
		return def, nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v >= least && v <= most) {
		return 0, usagef("%s=%s: want seconds from %g to %g", name, text, least, most)
	}
	if v == 0 {
		return -1, nil // not at all, which is not the default
	}
	return seconds(v), nil
}

// waitTold is how long the wait for the last readings is not worth a word.
const waitTold = 500 * time.Millisecond

// awaitServers takes the last readings and says so if that takes long.
func (s *session) awaitServers(res *engine.Result, exporting snap.Snapshot) {
	if m := s.sensors.monitor; m != nil && len(res.Phases) > 0 {
		m.Served(res.Phases[len(res.Phases)-1].Valid)
	}
	done := make(chan struct{})
	go func() {
		s.sensors.close(res.Cancelled)
		close(done)
	}()
	timer := time.NewTimer(waitTold)
	defer timer.Stop()
	select {
	case <-done:
		return
	case <-timer.C:
	}
	exporting.Doing = "waiting for the servers to count what they served, and reading their metrics a last time"
	s.live.Publish(&exporting)
	<-done
}

// close takes the last readings and ends the watching; hurried leaves them out.
func (x *sensors) close(hurried bool) {
	if x.monitor == nil || x.result != nil {
		return
	}
	if hurried {
		x.monitor.Hurry()
	}
	x.result, x.err = x.monitor.Close()
}

// attach puts what was measured beside the requests into a run before it is
// written, and returns the exporters of files of their own.
func (s *session) attach(run *export.Run) []export.Exporter {
	r := s.sensors.result
	if r == nil {
		return nil
	}
	p := s.profile
	phase := p.Profiling()
	concurrency := 0
	if phase.Concurrency.Set {
		concurrency = phase.Concurrency.V
	}
	if p.GPUTelemetry.Enabled.V {
		aiperf.AttachGPUs(run, r.GPUs, r.GPUErrors, concurrency)
		if r.GPUs != nil {
			if text := unseen(p, r.GPUs); text != "" {
				s.notices = append(s.notices, text)
				run.Manifest.Notices = append(run.Manifest.Notices, text)
			}
		}
	}
	aiperf.AttachServers(run, r.Servers, r.ServerErrors)
	told := 0
	for _, n := range r.Notices {
		run.Manifest.Notices = append(run.Manifest.Notices, n.Text)
		if n.Warn && told < toldAtEnd {
			told++
			s.notices = append(s.notices, n.Text)
		}
	}
	if r.Lost > 0 {
		run.Manifest.Notices = append(run.Manifest.Notices, fmt.Sprintf("%d GPU and server samples could not be written in time; the summaries have them", r.Lost))
	}
	run.Manifest.Sensors = sensorReports(r.Sources)
	facts := aiperf.ServerFacts{Concurrency: concurrency, Rate: math.NaN(), Models: p.ModelNames()}
	if phase.Rate.Set {
		facts.Rate = phase.Rate.V
	}
	facts.Host, _ = os.Hostname() // an empty one says nothing
	return aiperf.ServerExporters(r.Servers, p.ServerMetrics.Formats.V, facts)
}

// toldAtEnd is how many warnings about sources stand in the scrollback; the
// manifest has them all.
const toldAtEnd = 6

func sensorReports(list []telemetry.SourceReport) []export.SensorReport {
	var out []export.SensorReport
	for _, r := range list {
		kind := "gpu"
		if r.Server {
			kind = "server"
		}
		out = append(out, export.SensorReport{Name: r.Name, Kind: kind, Reads: r.Reads, Failed: r.Failed})
	}
	return out
}
