package record

// PhaseKind says whether a phase counts in the results.
type PhaseKind string

// The kinds of phase that AIPerf writes as benchmark_phase and phase_kind.
const (
	Warmup    PhaseKind = "warmup"
	Profiling PhaseKind = "profiling"
)

// Phase names one stretch of load inside a run.
type Phase struct {
	Name string
	Kind PhaseKind
	// Index counts all phases of the run from 0, ProfilingIndex only those of
	// kind Profiling; it is -1 for a warm-up phase.
	Index, ProfilingIndex int
}

// Meta is who and when of one request. All times are Unix nanoseconds made
// from the process anchor and the monotonic clock (see Wall), so differences
// are exact. A time of 0 is absent.
type Meta struct {
	// Num is AIPerf's session_num: the running number of the request in its
	// phase, from 0, in the order of issue.
	Num int64
	// RequestID and CorrelationID are UUIDs: one per request, one per
	// conversation instance. ConversationID is the data set's name for it.
	RequestID, CorrelationID, ConversationID string
	Turn                                     int
	Worker, Processor                        string
	Phase                                    Phase
	Model                                    string

	// DueNS is when the schedule wanted the request (AIPerf's
	// credit_issued_ns); in a closed loop, when its slot became free.
	DueNS int64
	// StartNS is the departure of the request on the wire, less DNS, connect
	// and TLS time when it opened its own connection (request_start_ns).
	StartNS int64
	// AckNS is when the headers of a 2xx answer had arrived.
	AckNS int64
	// EndNS is when the last byte of the answer had arrived, or the failure.
	EndNS int64

	Cancelled       bool
	CancelNS        int64
	ContextOverflow bool
	AgentDepth      int
	// ParentCorrelation is empty but for sub-agents; RootCorrelation equals
	// CorrelationID for them all otherwise.
	ParentCorrelation, RootCorrelation string
	// Source is where a trace row came from; nil for synthetic data.
	Source *Source

	Client Client
}

// Source identifies the row of a trace that a request replays.
type Source struct {
	TraceID string
	Outer   *int
	Inner   *int
	Kind    string
}

// Client is what this process itself added to a request, kept apart from the
// server's numbers. Times as in Meta.
type Client struct {
	// PickedNS is when a worker took the request up; WireNS is the first
	// write of its first byte. WireNS - DueNS, less connection set-up, is the
	// send lag.
	PickedNS, WireNS int64
	// ConnectNS is the DNS, connect and TLS time that this request paid for,
	// as a duration; 0 on a reused connection.
	ConnectNS int64
	// ReadLateNS is the largest lateness of this process behind the kernel's
	// receive stamp over all reads of the answer, as a duration.
	ReadLateNS int64
	// Kernel says that every content stamp came from the kernel.
	Kernel bool
}

// Failure is why a request failed: the kind for deciding, and AIPerf's error
// object for the files. Type is a Python class name or a reason phrase as
// AIPerf 0.13 would write it.
type Failure struct {
	Kind ErrKind
	// Code is the HTTP status or AIPerf's own number; 0 is absent.
	Code       int
	Type       string
	Message    string
	Cause      string
	CauseChain []string
	Details    string
}

// Usage is the last non-empty usage object of an answer; -1 is absent.
type Usage struct {
	Prompt, Completion, Total, Reasoning            int
	CacheRead, CacheWrite, CacheMiss                int
	AcceptedPrediction, RejectedPrediction, ToolUse int
	PromptAudio, CompletionAudio                    int
	// PromptAudioSec is the length of the audio in the prompt in seconds.
	PromptAudioSec float64
}

// NoUsage is a Usage in which every field is absent.
var NoUsage = Usage{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}

// HTTP is the socket-level account of one exchange. Times as in Meta.
type HTTP struct {
	Valid                       bool // an HTTP answer was received
	SendStartNS, SendEndNS      int64
	FirstByteNS, LastByteNS     int64 // of the body
	BlockedNS, DNSNS, ConnectNS int64 // durations; ConnectNS includes TLS
	Reused                      bool
	BytesSent, BytesReceived    int64 // bodies
	ChunksSent, ChunksReceived  int
}

// Record is one finished request before its metrics are computed. It is owned
// by one worker until handed over, and never changed afterwards.
type Record struct {
	Meta
	Status int
	// Err is nil for a valid request.
	Err *Failure
	// ChunkNS holds the arrival of each content chunk, as in Meta.
	ChunkNS []int64
	// FirstOutputNS is the arrival of the first content that is not
	// reasoning; 0 when none came.
	FirstOutputNS int64
	// FirstChunkTokens is the completion count that the server reported at
	// the first content chunk (--per-chunk-usage); 0 is unknown.
	FirstChunkTokens int
	// ISL, Output and Reasoning are token counts by the chosen counter; -1 is
	// absent. OSL is Output + Reasoning.
	ISL, Output, Reasoning int
	// RequestedOSL is the max-tokens value sent; 0 when none was.
	RequestedOSL int
	Usage        Usage
	Media        Media
	HTTP         HTTP
}

// Media is what a request held beside text, and what the server says of the
// video that it made; 0 is absent.
type Media struct {
	Images int
	// AudioSec is the length of its first sound.
	AudioSec float64
	// VideoSec is the time the making took, VideoPeakMB the memory it needed.
	VideoSec, VideoPeakMB float64
}
