package snap

import "time"

// GPU is one GPU at its latest sample. Figures that its source does not give
// are NaN, never 0. All of it is immutable once in a Snapshot.
type GPU struct {
	// Source is where the figures come from: "nvml", or the host and port of a
	// page.
	Source                 string
	Index                  int
	UUID, Name             string
	Host, Namespace, Pod   string // empty when not told
	Platform               string // nvidia, amd
	Util, MemUtil, SMUtil  float64
	Encoder, Decoder, JPEG float64 // percent, as the three above
	MemUsed, MemTotal      float64 // bytes
	Power, PowerLimit      float64 // W
	Energy                 float64 // J since the phase began, or since the first sample in it
	Temp                   float64 // °C
	SMClock, SMClockMax    float64 // MHz
	MemClock               float64 // MHz
	PCIeTx, PCIeRx         float64 // bytes per second, out of the GPU and into it
	NVLinkTx, NVLinkRx     float64 // bytes per second over all links
	XID                    float64 // the last error's number, 0 when there was none
	PowerViolation         float64 // microseconds held back for power since the driver counts
	ProcessMem             float64 // bytes in use by compute processes
	Processes              int     // number of compute processes, -1 unknown
	// Throttle says in a word or two what holds the clocks down: "power cap",
	// "heat"; empty when nothing does or it is not known.
	Throttle string
	MIG      []MIG
	// Extra are further figures that the user asked for.
	Extra []GPUFigure
	// At is the time of the sample, as Point.At; Latency is how long it took.
	At, Latency time.Duration
	// Stale is how long ago the sample was taken when the source has missed
	// its turn since; 0 when it is current.
	Stale time.Duration
	// History is the recent past, oldest first, at most HistoryPoints.
	History []GPUPoint
}

// GPUFigure is a figure of a GPU by the name that its user gave it.
type GPUFigure struct {
	Name  string
	Unit  string // "count" and empty are none
	Value float64
}

// HistoryPoints bounds the histories of GPUs and servers.
const HistoryPoints = 240

// GPUPoint is one step of a GPU's history; NaN is absent.
type GPUPoint struct {
	At                   time.Duration
	Util, MemUsed, Power float32 // percent, bytes, W
	Temp, SMClock        float32 // °C, MHz
}

// MIG is one instance of a partitioned GPU.
type MIG struct {
	UUID, Profile     string // "1g.10gb"; empty when not told
	GI, CI            int    // instance numbers, -1 when not told
	MemUsed, MemTotal float64
}

// ServerState is what the metrics page of one server says. Figures that it does
// not give are NaN. All of it is immutable once in a Snapshot.
type ServerState struct {
	// Name is the host and port, with the path but without /metrics.
	Name string
	// Kind is the make: "vLLM", "SGLang"; empty when the page is of no known one.
	Kind string
	// Running and Waiting are requests; KVUse and HitRate are shares 0..1, the
	// latter of prompt tokens over the last seconds, HitRatePhase over the phase.
	Running, Waiting      float64
	KVUse                 float64
	HitRate, HitRatePhase float64
	// Preemptions and Finished are counts since the phase began.
	Preemptions, Finished float64
	// PromptTokSec and GenTokSec are over the last seconds.
	PromptTokSec, GenTokSec float64
	// TTFT, ITL, Latency and Queue are the server's own means over the phase so
	// far, in ms; the Now ones over the last seconds.
	TTFT, ITL, Latency, Queue float64
	TTFTNow, ITLNow           float64
	// At is the time of the scrape, as Point.At; its latency is how long it took
	// to the last byte.
	At, ScrapeLatency time.Duration
	// Stale is as in GPU.
	Stale time.Duration
	// Series counts the series of the page, Dropped those beyond what is kept.
	Series, Dropped int
	// Catalog lists the series by name, for choosing one to chart; it is the
	// same slice until the page changes its shape.
	Catalog []SeriesName
	// History is the recent past, oldest first, at most HistoryPoints.
	History []ServerPoint
}

// ServerPoint is one step of a server's history; NaN is absent.
type ServerPoint struct {
	At                      time.Duration
	Running, Waiting, KVUse float32
	GenTokSec               float32
}

// SeriesName is one series of a page: a metric with its labels.
type SeriesName struct {
	// Key finds it again: `name{a="b"}`.
	Key  string
	Kind string // gauge, counter, histogram, unknown
	Unit string // "seconds"; empty when not known
	Help string
}

// SeriesPoint is one value of a series: as it is for gauges, per second for
// counters, the mean of what came since the last point for histograms. NaN is
// absent.
type SeriesPoint struct {
	At    time.Duration
	Value float64
}

// SeriesReader is a Source whose server series can be charted.
type SeriesReader interface {
	// SeriesPoints returns the history of a series of ServerState.Name server,
	// oldest first, thinned to at most n points; nil when there is none. It does
	// not wait for anything but memory.
	SeriesPoints(server, key string, n int) []SeriesPoint
}
