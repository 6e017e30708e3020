package transport

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAddressCache(t *testing.T) {
	ip := func(s string) net.IPAddr { return net.IPAddr{IP: net.ParseIP(s)} }
	now := time.Now()
	c := addressCache{ttl: time.Minute}
	first := func(at time.Time) []string {
		var out []string
		for _, a := range c.get("h", at) {
			out = append(out, a.String())
		}
		return out
	}
	if got := first(now); got != nil {
		t.Errorf("an empty cache knows %v", got)
	}
	c.put("h", []net.IPAddr{ip("10.0.0.1"), ip("fd00::1"), ip("10.0.0.2")}, net.ParseIP("10.0.0.2"), now)
	c.put("h", []net.IPAddr{ip("10.0.0.9")}, net.ParseIP("10.0.0.9"), now) // a dial that ended later
	for i, want := range [][]string{{"10.0.0.2", "10.0.0.1"}, {"10.0.0.1", "10.0.0.2"}, {"10.0.0.2", "10.0.0.1"}} {
		if got := first(now.Add(59 * time.Second)); !slices.Equal(got, want) {
			t.Errorf("turn %d: %v, want %v", i, got, want)
		}
	}
	if got := first(now.Add(61 * time.Second)); got != nil {
		t.Errorf("after its time the cache knows %v", got)
	}
	c.put("h", []net.IPAddr{ip("fd00::1")}, net.ParseIP("fd00::1"), now)
	c.drop("h")
	if got := first(now); got != nil {
		t.Errorf("after drop the cache knows %v", got)
	}
	c.ttl = -1
	c.put("h", []net.IPAddr{ip("10.0.0.1")}, net.ParseIP("10.0.0.1"), now)
	if got := first(now); got != nil {
		t.Errorf("a cache switched off knows %v", got)
	}
}

func TestLookupOncePerName(t *testing.T) {
	s := testServer(t, new(connServer))
	url := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	for _, c := range []struct {
		cache time.Duration
		want  []bool // whether the request looked the name up
	}{{0, []bool{true, false, false}}, {-1, []bool{true, true, true}}} {
		cl := newClient(t, Options{Reuse: Never, DNSCache: c.cache})
		for i, want := range c.want {
			r := post(cl, url, &got{})
			tr := &r.Trace
			if r.Err != nil || (tr.DNSStartNS != 0) != want || tr.ConnectStartNS < tr.DNSDoneNS || tr.ConnectingNS() == 0 {
				t.Errorf("cache %v, request %d: %v, %+v", c.cache, i, r.Err, tr)
			}
		}
		if c.cache < 0 {
			continue
		}
		// Addresses that no longer answer are forgotten.
		cl.addrs.byHost["localhost"].ips = []net.IPAddr{{IP: net.IPv4(127, 0, 0, 1)}, {IP: net.IPv4(127, 0, 0, 1)}}
		s.Close()
		for range 2 {
			if r := post(cl, url, &got{}); r.Err == nil || r.Trace.ConnectDoneNS == 0 {
				t.Errorf("nobody is there: %v, %+v", r.Err, r.Trace)
			}
		}
		if len(cl.addrs.byHost) != 0 {
			t.Error("the cache keeps addresses that do not answer")
		}
		s = testServer(t, new(connServer))
		url = strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	}
}
