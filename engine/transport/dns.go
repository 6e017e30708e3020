package transport

import (
	"net"
	"slices"
	"sync"
	"time"
)

// addressCache remembers what names resolved to, as AIPerf does, so that a
// connection per request is not a lookup per request. Connections take the
// addresses in turn.
type addressCache struct {
	ttl time.Duration

	mu     sync.Mutex // per dial, nothing per request
	byHost map[string]*addresses
}

type addresses struct {
	ips  []net.IPAddr
	next int
	till time.Time
}

// get returns the addresses of a host, the one whose turn it is first; none if
// the host is unknown or was resolved too long ago.
func (c *addressCache) get(host string, now time.Time) []net.IPAddr {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.byHost[host]
	if a == nil {
		return nil
	}
	if now.After(a.till) {
		delete(c.byHost, host)
		return nil
	}
	turn := a.next % len(a.ips)
	a.next++
	return append(append([]net.IPAddr(nil), a.ips[turn:]...), a.ips[:turn]...)
}

// put keeps those addresses that are of the family of the one that answered:
// the other family may lead nowhere from here.
func (c *addressCache) put(host string, resolved []net.IPAddr, answered net.IP, now time.Time) {
	a := &addresses{next: 1, till: now.Add(c.ttl)}
	for _, ip := range resolved {
		if (ip.IP.To4() == nil) == (answered.To4() == nil) {
			a.ips = append(a.ips, ip)
		}
	}
	if len(a.ips) == 0 || c.ttl <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byHost == nil {
		c.byHost = map[string]*addresses{}
	}
	if c.byHost[host] == nil { // many first dials end at once
		c.byHost[host] = a
	}
}

// avoid forgets addresses that failed or were slow where another answered.
func (c *addressCache) avoid(host string, slow []net.IPAddr) {
	if len(slow) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.byHost[host]
	if a == nil {
		return
	}
	left := make([]net.IPAddr, 0, len(a.ips))
	for _, ip := range a.ips {
		if !slices.ContainsFunc(slow, func(s net.IPAddr) bool { return s.IP.Equal(ip.IP) }) {
			left = append(left, ip)
		}
	}
	if len(left) > 0 {
		a.ips = left // a new list: the old one is in the hands of dials under way
	}
}

// drop forgets a host none of whose addresses answered.
func (c *addressCache) drop(host string) {
	c.mu.Lock()
	delete(c.byHost, host)
	c.mu.Unlock()
}
