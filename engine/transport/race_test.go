package transport

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"
	"time"
)

// The addresses of a name, of which the first lead nowhere: the next is tried
// beside them, and they are not tried again.
func TestRaceOfAddresses(t *testing.T) {
	ip := func(s string) net.IPAddr { return net.IPAddr{IP: net.ParseIP(s)} }
	hole, closed, good, other := ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3"), ip("10.0.0.4")
	refused := errors.New("refused")
	tried := make(chan string, 10)
	dial := func(ctx context.Context, a net.IPAddr) (net.Conn, error) {
		tried <- a.String()
		switch a.String() {
		case hole.String():
			<-ctx.Done()
			return nil, ctx.Err()
		case closed.String():
			return nil, refused
		}
		here, there := net.Pipe()
		there.Close()
		return here, nil
	}
	for _, c := range []struct {
		name  string
		ips   []net.IPAddr
		won   string
		tried int
	}{
		{"alone", []net.IPAddr{good}, good.String(), 1},
		{"the first answers", []net.IPAddr{good, other}, good.String(), 1},
		{"the first refuses", []net.IPAddr{closed, good, other}, good.String(), 2},
		{"the first is a hole", []net.IPAddr{hole, good, other}, good.String(), 2},
		{"two are", []net.IPAddr{hole, closed, good}, good.String(), 3},
	} {
		r := race(t.Context(), c.ips, 20*time.Millisecond, dial)
		if r.err != nil || r.ip.String() != c.won || len(tried) < c.tried || len(r.slow) > len(tried)-1 || c.tried > 1 && !slices.ContainsFunc(r.slow, func(a net.IPAddr) bool { return a.IP.Equal(c.ips[0].IP) }) {
			t.Errorf("%s: %s, %v, %d tried, slow %v", c.name, r.ip.String(), r.err, len(tried), r.slow)
		}
		for len(tried) > 0 {
			<-tried
		}
		if r.conn != nil {
			r.conn.Close()
		}
	}
	if r := race(t.Context(), []net.IPAddr{closed, closed}, time.Minute, dial); r.err != refused || r.conn != nil {
		t.Errorf("all refuse: %v", r.err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if r := race(ctx, []net.IPAddr{hole, hole}, time.Minute, dial); r.err == nil || r.conn != nil {
		t.Errorf("the context ends: %v", r.err)
	}
	six := ip("fd00::1")
	if got := alternating([]net.IPAddr{good, other, six}); !slices.EqualFunc(got, []net.IPAddr{good, six, other}, func(a, b net.IPAddr) bool { return a.String() == b.String() }) {
		t.Errorf("alternating: %v", got)
	}

	var cache addressCache
	cache.ttl = time.Minute
	cache.put("h", []net.IPAddr{hole, good}, good.IP, time.Now())
	cache.avoid("h", []net.IPAddr{hole})
	if got := cache.get("h", time.Now()); len(got) != 1 || got[0].String() != good.String() {
		t.Errorf("the cache has %v", got)
	}
	cache.avoid("h", []net.IPAddr{good}) // the last one stays
	if got := cache.get("h", time.Now()); len(got) != 1 {
		t.Errorf("the cache has %v", got)
	}
}
