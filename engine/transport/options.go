package transport

import (
	"fmt"
	"syscall"
	"time"
)

// Clock chooses between exact stamps and throughput.
type Clock uint8

const (
	// Precise reads chunk by chunk, so that each has its own stamp, at one
	// system call per chunk that waits and two per chunk waited for (see tap):
	// right for all but loads far above 100 thousand events per second and core.
	Precise Clock = iota
	// Fast reads as much as there is. Events that arrived together share the
	// stamp of the last one, which Counters counts.
	Fast
)

// String returns the name as an option takes it.
func (c Clock) String() string {
	if c == Fast {
		return "fast"
	}
	return "precise"
}

// ParseClock is the inverse of String.
func ParseClock(name string) (Clock, error) {
	switch name {
	case "precise":
		return Precise, nil
	case "fast":
		return Fast, nil
	}
	return 0, fmt.Errorf("clock %q: must be precise or fast", name)
}

// readBuffer is net/http's buffer per connection, for heads and for what no tap
// reads. A small one takes a chunk's size line and the first bytes of the chunk,
// and the rest of it is read alone. It must hold a whole size line, with an extension that some server may send:
// 16 bytes would do for the stamps, but fail on that.
func (c Clock) readBuffer() int {
	if c == Fast {
		return 32 << 10
	}
	return 64
}

// tapBuffer is the most that a read of a stream takes.
func (c Clock) tapBuffer() int {
	if c == Fast {
		return 32 << 10
	}
	return 4 << 10
}

// bodyBuffer is what a response is first read into.
func (c Clock) bodyBuffer() int {
	if c == Fast {
		return 32 << 10
	}
	return 4 << 10
}

// Reuse says which connection a request may take.
type Reuse uint8

const (
	// Pooled takes any idle connection to the host, or a new one.
	Pooled Reuse = iota
	// Never opens a connection for each request and closes it after.
	Never
	// Sticky keeps one connection per Request.ConnKey, closed after the last
	// request of the key, an error or a cancellation.
	Sticky
)

// String returns AIPerf's name of the strategy.
func (r Reuse) String() string {
	switch r {
	case Never:
		return "never"
	case Sticky:
		return "sticky-user-sessions"
	}
	return "pooled"
}

// ParseReuse is the inverse of String; "sticky" is understood as well.
func ParseReuse(name string) (Reuse, error) {
	switch name {
	case "pooled":
		return Pooled, nil
	case "never":
		return Never, nil
	case "sticky", "sticky-user-sessions":
		return Sticky, nil
	}
	return 0, fmt.Errorf("connection reuse %q: must be pooled, never or sticky-user-sessions", name)
}

// IPVersion is 4, 6, or 0 for whichever connects first.
type IPVersion uint8

func (v IPVersion) network() string {
	switch v {
	case 4:
		return "tcp4"
	case 6:
		return "tcp6"
	}
	return "tcp"
}

// Options are the settings of a Client. The zero value is good.
type Options struct {
	Clock Clock
	Reuse Reuse
	// MaxConns bounds the connections per host, busy and idle; 0 is no bound.
	// A request above it waits, which its Trace shows as BlockedNS.
	MaxConns int
	// MaxIdle is how many idle connections per host are kept; 0 keeps 16,384.
	MaxIdle int
	// IdleTimeout closes a connection that idles longer; 0 is 300 s, AIPerf's
	// keep-alive.
	IdleTimeout time.Duration
	// Timeout is the total budget of a request, from Do until the last byte;
	// 0 is none. A deadline of Do's context bounds it as well.
	Timeout time.Duration
	// AfterLast is how long the end of an answer may take after its last event
	// (Event.Last); 0 is 5 s.
	AfterLast time.Duration
	IPVersion IPVersion
	// DNSCache is how long a name's addresses are kept; 0 is 300 s as in AIPerf,
	// a negative time resolves for each connection.
	DNSCache time.Duration
	// ReceiveBuffer and SendBuffer are socket buffer sizes in bytes. 0 leaves
	// them to the kernel, whose automatic sizes are larger than what an
	// ordinary limit (net.core.rmem_max) lets a program ask for. Linux only.
	ReceiveBuffer, SendBuffer int
	// CAFile adds certificates (PEM) to the system's; Insecure accepts any.
	CAFile   string
	Insecure bool
	// ServerName overrides the name in the certificate check.
	ServerName string
	// HTTP2 speaks HTTP/2 with an https server that prefers it. Its streams
	// share a connection, so that the kernel's stamps cannot be told apart: times
	// are then those of this process, after the read.
	HTTP2 bool
	// Proxy is empty for none, "env" for the environment's HTTP_PROXY,
	// HTTPS_PROXY and NO_PROXY, or a proxy's URL.
	Proxy string
	// MaxEvent bounds one event of a stream in bytes; 0 is 64 MiB.
	MaxEvent int
	// MaxBody bounds a body that is read whole, in bytes; 0 is 1 GiB.
	MaxBody int
	// ErrorBody is how much of the body of a failed response is kept, in
	// bytes; 0 is 64 KiB.
	ErrorBody int
}

func (o Options) withDefaults() Options {
	set(&o.MaxIdle, 16<<10)
	set(&o.MaxEvent, 64<<20)
	set(&o.MaxBody, 1<<30)
	set(&o.ErrorBody, 64<<10)
	if o.DNSCache == 0 {
		o.DNSCache = 300 * time.Second
	}
	if o.AfterLast == 0 {
		o.AfterLast = 5 * time.Second
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = 300 * time.Second
	}
	return o
}

func set(v *int, otherwise int) {
	if *v == 0 {
		*v = otherwise
	}
}

// control sets socket options before the connect, where the receive buffer
// still has a say in the window's scale.
func control(o *Options) func(network, address string, c syscall.RawConn) error {
	receive, send := o.ReceiveBuffer, o.SendBuffer
	return func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { setSocket(fd, receive, send) })
	}
}
