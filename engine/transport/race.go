package transport

import (
	"context"
	"net"
	"time"

	"tacho/engine/record"
)

// stagger is how long one address has before the next is tried beside it, as in
// AIPerf's client: of a name with several, one that leads nowhere then costs that
// and not the minutes after which the kernel gives up.
const stagger = 250 * time.Millisecond

// raced is the end of a race: the connection or the last error, which address it
// was, and when that was tried. slow are those that were tried before it and lost.
type raced struct {
	conn    net.Conn
	err     error
	ip      net.IPAddr
	startNS int64
	slow    []net.IPAddr
}

// race dials the addresses in turn, each next one when the one before has failed
// or has taken the given time, and returns the first connection. It waits for all
// that it began.
func race(ctx context.Context, ips []net.IPAddr, after time.Duration, dial func(context.Context, net.IPAddr) (net.Conn, error)) (won raced) {
	if len(ips) == 1 {
		won.ip, won.startNS = ips[0], record.Now()
		won.conn, won.err = dial(ctx, ips[0])
		return won
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ends := make(chan raced, len(ips))
	begun, running := 0, 0
	begin := func() {
		ip := ips[begun]
		begun++
		running++
		go func() {
			r := raced{ip: ip, startNS: record.Now()}
			r.conn, r.err = dial(ctx, ip)
			ends <- r
		}()
	}
	begin()
	next := time.NewTimer(after)
	defer next.Stop()
	for running > 0 {
		var due <-chan time.Time
		if won.conn == nil && begun < len(ips) && ctx.Err() == nil {
			due = next.C
		}
		select {
		case <-due:
			begin()
			next.Reset(after)
		case r := <-ends:
			running--
			switch {
			case won.conn == nil && r.err == nil:
				won.conn, won.err, won.ip, won.startNS = r.conn, nil, r.ip, r.startNS
				cancel()
			case r.err == nil:
				r.conn.Close()
			default:
				if won.conn == nil || r.startNS < won.startNS { // not one that was hardly begun
					won.slow = append(won.slow, r.ip)
				}
				if won.conn == nil {
					won.err, won.ip, won.startNS = r.err, r.ip, r.startNS
					if begun < len(ips) && ctx.Err() == nil {
						begin()
						next.Reset(after)
					}
				}
			}
		}
	}
	return won
}

// alternating puts the families in turn, the first one's first: one of them may
// lead nowhere from here.
func alternating(ips []net.IPAddr) []net.IPAddr {
	var lists [2][]net.IPAddr
	for _, ip := range ips {
		i := 0
		if (ip.IP.To4() == nil) != (ips[0].IP.To4() == nil) {
			i = 1
		}
		lists[i] = append(lists[i], ip)
	}
	out := make([]net.IPAddr, 0, len(ips))
	for i := 0; len(out) < len(ips); i++ {
		for _, list := range lists {
			if i < len(list) {
				out = append(out, list[i])
			}
		}
	}
	return out
}
