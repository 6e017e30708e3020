package telemetry

import (
	"context"
	"errors"
	"strings"
	"time"

	"tacho/engine/record"
	"tacho/engine/secret"
)

// GPUSource reads the GPUs of one place. One goroutine calls Read, which should
// give up when ctx ends; Close is called when no Read is under way, or when one
// hangs that does not obey ctx.
type GPUSource interface {
	// Name is the source in AIPerf's files: the address of a page without its
	// secrets, NVMLSource.
	Name() string
	Read(ctx context.Context) (GPUReading, error)
	Close()
}

// GPUReading is what one reading gave.
type GPUReading struct {
	Samples []GPUSample
	// Same says that nothing has changed since the last reading; then there need
	// be no samples.
	Same bool
	// Missing says what is wrong with a part of the GPUs; empty when nothing is.
	Missing string
}

// reading is one reading of any source.
type reading struct {
	gpus    GPUReading
	scrape  *Scrape // of a server's page
	latency time.Duration
	// work is how long it took to make sense of the answer.
	work time.Duration
}

// pageSource is the page of an exporter of GPU figures.
type pageSource struct {
	fetch  fetcher
	reader pageReader
	page   gpuPage
	any    bool // the last page had figures of GPUs
}

func (s *pageSource) Name() string { return s.page.source }

// Read implements GPUSource. The time of a sample is that of the first byte.
func (s *pageSource) Read(ctx context.Context) (GPUReading, error) {
	p, err := s.fetch.get(ctx)
	if err != nil {
		return GPUReading{}, err
	}
	parsed, same, err := s.reader.read(p.body, p.openMetrics)
	if err != nil || same && s.any {
		return GPUReading{Same: same}, err
	}
	samples := s.page.samples(parsed, record.Wall(p.firstNS))
	if s.any = len(samples) > 0; !s.any {
		return GPUReading{}, errNoGPUs
	}
	return GPUReading{Samples: samples}, nil
}

func (s *pageSource) Close() {}

var errNoGPUs = errors.New("its page has no figures of GPUs")

// serverSource is the metrics page of a server.
type serverSource struct {
	fetch  fetcher
	reader pageReader
	url    string // without secrets
	// fallback says that the other usual path has been tried.
	fallback bool
}

// The paths of metrics pages: some servers have JSON under the first.
const (
	usualPath = "/metrics"
	otherPath = "/prometheus/metrics"
)

func (s *serverSource) read(ctx context.Context) (reading, error) {
	r, err := s.readOnce(ctx)
	if err == nil || s.fallback || !errors.Is(err, errNotPrometheus) || !strings.HasSuffix(s.fetch.url, usualPath) || strings.HasSuffix(s.fetch.url, otherPath) {
		return r, err
	}
	s.fallback = true
	address, shown := s.fetch.url, s.url
	s.fetch.url = strings.TrimSuffix(s.fetch.url, usualPath) + otherPath
	s.url = secret.RedactURL(s.fetch.url)
	if r, again := s.readOnce(ctx); again == nil {
		return r, nil
	}
	s.fetch.url, s.url = address, shown
	return r, err
}

func (s *serverSource) readOnce(ctx context.Context) (reading, error) {
	p, err := s.fetch.get(ctx)
	if err != nil {
		return reading{}, err
	}
	parsed, same, err := s.reader.read(p.body, p.openMetrics)
	if err != nil {
		return reading{}, err
	}
	sc := &Scrape{
		URL: s.url, AtNS: record.Wall(p.firstNS), SentNS: record.Wall(p.sentNS), FirstByteNS: record.Wall(p.firstNS),
		LatencyNS: p.endNS - p.sentNS, Same: same, Shape: parsed.shape, Values: parsed.values, Dropped: parsed.dropped,
	}
	if sc.Shape.Columns == 0 {
		return reading{}, errNoMetrics
	}
	return reading{scrape: sc, latency: time.Duration(sc.LatencyNS), work: time.Duration(record.Now() - p.endNS)}, nil
}

var errNoMetrics = errors.New("its page has no metrics")
