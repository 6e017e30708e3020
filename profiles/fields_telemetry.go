package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func telemetryFields() []*Field {
	return []*Field{
		many(Field{Flag: "server-metrics", Group: groupServer, Tier: 'A', List: Words, Bare: true, Type: "URL",
			Help: "More Prometheus pages of the server; /metrics of its address is read anyway"},
			func(p *Profile) *Opt[[]string] { return &p.ServerMetrics.URLs }, readMetricsURLs),
		off(Field{Flag: "no-server-metrics", Group: groupServer, Tier: 'A', Help: "Do not read the server's metrics"},
			func(p *Profile) *Opt[bool] { return &p.ServerMetrics.Enabled }),
		serverFormats(),
		gpuSources(),
		off(Field{Flag: "no-gpu-telemetry", Group: groupGPU, Tier: 'A', Help: "Do not read GPU figures"},
			func(p *Profile) *Opt[bool] { return &p.GPUTelemetry.Enabled }),
		networkAutomatic(),
		networkMean(),
		seconds(Field{Flag: "network-latency-ping-interval", Group: groupNetwork, Tier: 'C', Help: "Time between two of those handshakes; 1 s"},
			func(p *Profile) *Opt[float64] { return &p.NetworkLatency.PingInterval }, finite, above(0.0)),
	}
}

// networkAutomatic turns the adjustment on with a round trip that is measured.
func networkAutomatic() *Field {
	f := toggle(Field{Flag: "network-latency-automatic", Group: groupNetwork, Tier: 'C',
		Help: "Measure the round trip to the server by TCP handshakes, and show latencies without it beside the real ones"},
		func(p *Profile) *Opt[bool] { return &p.NetworkLatency.Enabled })
	f.bind.values = func(p *Profile) []string {
		n := &p.NetworkLatency
		return []string{strconv.FormatBool(n.Enabled.V && !n.MeanMS.Set)}
	}
	return f
}

// networkMean is a round trip that is known; it turns the adjustment on, as in
// AIPerf.
func networkMean() *Field {
	f := number(Field{Flag: "network-latency-mean", Group: groupNetwork, Tier: 'C', Unit: "ms",
		Help: "Show latencies without a round trip of this length, which is not measured"},
		func(p *Profile) *Opt[float64] { return &p.NetworkLatency.MeanMS }, finite, atLeast(0.0))
	set := f.bind.set
	f.bind.set = func(p *Profile, args []string) error {
		err := set(p, args)
		if err == nil {
			p.NetworkLatency.Enabled.Put(true)
		}
		return err
	}
	return f
}

// off is a switch that turns something off: the setting says what is on.
func off(f Field, at func(*Profile) *Opt[bool]) *Field {
	g := toggle(f, at)
	g.bind.values = func(p *Profile) []string { return []string{strconv.FormatBool(!at(p).V && at(p).Set)} }
	g.bind.set = func(p *Profile, args []string) error {
		on, err := readBool(args[len(args)-1])
		if err == nil {
			at(p).Put(!on)
		}
		return err
	}
	return g
}

// readMetricsURLs puts /metrics behind an address that names no page.
func readMetricsURLs(args []string) ([]string, error) {
	urls := []string{}
	for _, a := range args {
		u, err := normURL(a)
		if err != nil {
			return nil, err
		}
		if _, rest, _ := strings.Cut(u, "://"); strings.Trim(rest[strings.IndexAny(rest+"/", "/"):], "/") == "" {
			u = strings.TrimRight(u, "/") + "/metrics"
		}
		urls = append(urls, u)
	}
	return urls, nil
}

func serverFormats() *Field {
	f := Field{Flag: "server-metrics-formats", Group: groupServer, Tier: 'A', List: Words, Type: typeChoice, Default: "json csv",
		Choices: []string{"json", "csv", "jsonl", "parquet"}, Help: "File formats of the server's metrics"}
	read := func(args []string) ([]string, error) {
		out := []string{}
		for _, a := range args {
			for word := range strings.FieldsFuncSeq(a, func(r rune) bool { return r == ',' || r == ' ' }) {
				s, err := pick(word, f.Choices, asTyped)
				if err != nil {
					return nil, err
				}
				out = append(out, s)
			}
		}
		if len(out) == 0 {
			return nil, errors.New("must name at least one format")
		}
		return out, nil
	}
	return many(f, func(p *Profile) *Opt[[]string] { return &p.ServerMetrics.Formats }, read)
}

// gpuSources sorts the items of --gpu-telemetry: the name of a local source,
// a DCGM page, a file that lists further figures of it, or the word dashboard.
func gpuSources() *Field {
	f := Field{Flag: "gpu-telemetry", Group: groupGPU, Tier: 'A', List: Words, Bare: true, Type: "source",
		Help: "Where GPU figures come from: pynvml, amdsmi, addresses of DCGM pages, and a .csv file of further DCGM fields to read there"}
	f.bind = binding{
		leaves: func(p *Profile) []leaf {
			return []leaf{&p.GPUTelemetry.URLs, &p.GPUTelemetry.MetricsFile, &p.GPUTelemetry.Collector, &p.GPUTelemetry.Mode}
		},
		set: func(p *Profile, args []string) error {
			g, err := readGPUSources(args)
			if err == nil {
				g.Enabled = p.GPUTelemetry.Enabled
				p.GPUTelemetry = g
			}
			return err
		},
		values: func(p *Profile) []string {
			g := p.GPUTelemetry
			out := slices.Clone(g.URLs.V)
			if g.MetricsFile.V != "" {
				out = append(out, string(g.MetricsFile.V))
			}
			if g.Collector.V != "" && g.Collector.V != "dcgm" {
				out = append(out, g.Collector.V)
			}
			if g.Mode.V == "realtime_dashboard" {
				out = append(out, "dashboard")
			}
			return out
		},
		check: func(l leaf) error {
			switch o := l.(type) {
			case *Opt[string]:
				s, err := pick(o.V, []string{"dcgm", "pynvml", "amdsmi", "summary", "realtime_dashboard"}, asTyped)
				o.V = s
				return err
			case *Opt[FilePath]:
				if o.V == "" {
					return errors.New("must be the path of a file")
				}
				return nil
			}
			o := l.(*Opt[[]string])
			for i, u := range o.V {
				var err error
				if o.V[i], err = normURL(u); err != nil {
					return err
				}
			}
			return nil
		},
	}
	return &f
}

func readGPUSources(args []string) (GPUTelemetry, error) {
	var g GPUTelemetry
	urls, collector, mode := []string{}, "dcgm", "summary"
	for _, a := range args {
		word := strings.ToLower(a)
		switch {
		case word == "pynvml", word == "amdsmi":
			if collector != "dcgm" && collector != word {
				return g, fmt.Errorf("%s and %s cannot be read at once", collector, word)
			}
			collector = word
		case word == "dashboard":
			mode = "realtime_dashboard"
		case strings.HasSuffix(word, ".csv"):
			if g.MetricsFile.Set {
				return g, fmt.Errorf("takes one .csv file, not %s and %s", g.MetricsFile.V, a)
			}
			g.MetricsFile.Put(FilePath(a))
		case strings.ContainsAny(word, ":/."):
			u, err := normURL(a)
			if err != nil {
				return g, err
			}
			urls = append(urls, u)
		default:
			known := []string{"pynvml", "amdsmi", "dashboard"}
			return g, errors.New("must be pynvml, amdsmi, dashboard, the address of a DCGM page or a .csv file of DCGM fields" + didYouMean(a, known))
		}
	}
	g.URLs.Put(urls)
	g.Collector.Put(collector)
	g.Mode.Put(mode)
	return g, nil
}
