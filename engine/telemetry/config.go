package telemetry

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"tacho/engine/secret"
)

// NVMLMode says whether the GPUs of this machine are read through the driver.
type NVMLMode int

// The modes.
const (
	NVMLOff  NVMLMode = iota
	NVMLAuto          // if they are there, without a word if not
	NVMLMust          // the user asked for them: say what is missing
)

// DefaultGPUPages are where the exporter of GPU figures usually is. They are
// tried without a word when nothing answers.
var DefaultGPUPages = []string{"http://localhost:9400/metrics", "http://localhost:9401/metrics"}

// Config says what a Monitor watches. The zero value of a duration is its
// default.
type Config struct {
	// Every is the time between two readings of the GPUs, ServerEvery that
	// between two of a server's page: 0.333 s, and as Every.
	Every, ServerEvery time.Duration
	// Timeout bounds one reading: 2 s.
	Timeout time.Duration
	// Baseline is how long Start waits for the first readings: 1.5 s.
	Baseline time.Duration
	// Tail is how long after the last phase the servers are read once more:
	// 2 s, as their counters may lag; negative is not at all.
	Tail time.Duration
	// Settle ends that wait as soon as the servers are seen to have counted all
	// that they served.
	Settle bool
	// StartNS is when the times of the pictures begin, on the axis of package
	// record: the start of the run.
	StartNS int64

	// GPUPages are pages of exporters of GPU figures that the user named;
	// QuietGPUPages those that may as well not be there.
	GPUPages, QuietGPUPages []string
	// Extra are figures that are read from those pages besides those of Fields.
	Extra []ExtraField
	NVML  NVMLMode
	// GPUs are further sources. The Monitor closes them.
	GPUs []GPUSource
	// Servers are metrics pages of servers that the user named, QuietServers
	// those that may as well not be there.
	Servers, QuietServers []string

	// Client reads the pages; nil is one of its own.
	Client *http.Client
	// Sink takes what was read, to be written; nil for nothing.
	Sink Sink
}

// Sink writes samples and scrapes as they come. One goroutine of the Monitor's
// own calls it, so it may wait for a disk: the rest does not wait for it.
type Sink interface {
	WriteGPUs([]GPUSample)
	// WriteScrape is called for scrapes that differ from the one before.
	WriteScrape(*Scrape)
	// Flush is called about once a second.
	Flush()
	Close() error
}

// The defaults of Config.
const (
	DefaultEvery    = 333 * time.Millisecond
	defaultTimeout  = 2 * time.Second
	defaultBaseline = 1500 * time.Millisecond
	DefaultTail     = 2 * time.Second
)

func (c *Config) defaults() {
	orDefault(&c.Every, DefaultEvery)
	orDefault(&c.ServerEvery, c.Every)
	orDefault(&c.Timeout, defaultTimeout)
	orDefault(&c.Baseline, defaultBaseline)
	orDefault(&c.Tail, DefaultTail)
	if c.Client == nil {
		c.Client = newClient()
	}
}

func orDefault(d *time.Duration, v time.Duration) {
	if *d == 0 {
		*d = v
	}
}

// check refuses addresses that cannot be read, once each.
func (c *Config) check() error {
	for _, list := range []*[]string{&c.GPUPages, &c.QuietGPUPages, &c.Servers, &c.QuietServers} {
		var out []string
		for _, address := range *list {
			u, err := url.Parse(address)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
				return fmt.Errorf("metrics page %s: want an address such as http://host:9400/metrics", secret.RedactURL(address))
			}
			if !slices.Contains(out, address) {
				out = append(out, address)
			}
		}
		*list = out
	}
	named := func(list []string) func(string) bool {
		return func(address string) bool { return slices.Contains(list, address) }
	}
	c.QuietGPUPages = slices.DeleteFunc(c.QuietGPUPages, named(c.GPUPages))
	c.QuietServers = slices.DeleteFunc(c.QuietServers, named(c.Servers))
	return nil
}
