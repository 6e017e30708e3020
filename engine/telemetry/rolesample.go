package telemetry

import "tacho/engine/record"

// ServerRoles is what one scrape of a server's page says of the things that every
// server tells: what the screen shows of it, under names of ours.
type ServerRoles struct {
	// URL is the address of the page without secrets, Make its known make.
	URL, Make string
	// AtNS is the time of the scrape, Unix nanoseconds; LatencyNS how long it
	// took.
	AtNS, LatencyNS int64
	// Phase is the one that it belongs to, nil for none.
	Phase           *record.Phase
	Series, Dropped int
	// Values are indexed as RoleNames, NaN absent; times are in seconds.
	Values [RoleCount]float64
}

// RoleCount is the number of things that servers tell.
const RoleCount = int(numRoles)

// RoleNames are the names of ServerRoles.Values in files. Those that end in _sum
// and _count are of the server's own histograms.
var RoleNames = [RoleCount]string{
	roleRunning: "running", roleWaiting: "waiting", roleKVUse: "kv_use", roleHitRate: "hit_rate", roleHits: "hits", roleQueries: "queries",
	rolePreemptions: "preemptions", roleFinished: "finished", rolePromptTokens: "prompt_tokens", roleGenTokens: "generation_tokens",
	roleTTFTSum: "ttft_sum", roleTTFTCount: "ttft_count", roleITLSum: "itl_sum", roleITLCount: "itl_count",
	roleLatencySum: "latency_sum", roleLatencyCount: "latency_count", roleQueueSum: "queue_sum", roleQueueCount: "queue_count",
}

// RoleReader takes them from scrapes, of any number of pages. One goroutine uses
// it.
type RoleReader struct{ pages map[string]*roleReader }

// Read returns what a scrape says.
func (r *RoleReader) Read(s *Scrape) ServerRoles {
	p := r.pages[s.URL]
	if p == nil {
		if r.pages == nil {
			r.pages = map[string]*roleReader{}
		}
		p = new(roleReader)
		r.pages[s.URL] = p
	}
	return p.sample(s)
}

// sample is what a scrape says, with whose it is.
func (r *roleReader) sample(s *Scrape) ServerRoles {
	values := r.read(s)
	return ServerRoles{
		URL: s.URL, Make: r.make, AtNS: s.AtNS, LatencyNS: s.LatencyNS, Phase: s.Phase, Series: s.Shape.series, Dropped: s.Dropped, Values: values,
	}
}
