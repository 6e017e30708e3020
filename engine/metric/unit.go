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
	Images           Unit = "images"
	ImagesPerSec     Unit = "images/sec"
	MillisPerImage   Unit = "ms/image"
	Megabytes        Unit = "MB"

	Watts                     Unit = "W"
	Joules                    Unit = "J"
	JouleSeconds              Unit = "J*s"
	JoulesPerRequest          Unit = "joules/request"
	JoulesPerUser             Unit = "joules/user"
	MillijoulesPerToken       Unit = "mJ/token"
	TokensPerJoule            Unit = "tokens/J"
	TokensPerSecPerWatt       Unit = "tokens/sec/W"
	RequestsPerSecPerWatt     Unit = "requests/sec/W"
	GoodRequestsPerSecPerWatt Unit = "good-req/s/W"
)
