package metric

// Unit is a display unit as AIPerf spells it in its files: "ms", "tokens/sec".
type Unit string

// The units of the built-in metrics.
const (
	Milliseconds     Unit = "ms"
	Nanoseconds      Unit = "ns"
	Seconds          Unit = "sec"
	Tokens           Unit = "tokens"
	Requests         Unit = "requests"
	TokensPerSec     Unit = "tokens/sec"
	TokensPerSecUser Unit = "tokens/sec/user"
	RequestsPerSec   Unit = "requests/sec"
	Bytes            Unit = "B"
	Kilobytes        Unit = "KB"
	Count            Unit = "count"
	Ratio            Unit = "ratio"
	Percent          Unit = "%"
)
