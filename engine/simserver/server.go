package simserver

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"

	"tacho/engine/transport"
)

// Server is one simulated inference server. Serve may be called once.
type Server struct {
	cfg   Config
	ctx   context.Context // ends with Close
	stop  context.CancelFunc
	tls   *tls.Config
	pool  *x509.CertPool
	early error // what New found wrong, returned by Serve

	pace  *pacer
	stats *stats
	gpus  *gpus
	ticks ticker // engine or script

	script *scripted // nil with an engine

	requests atomic.Int64 // inference requests so far
	accepted atomic.Int64 // connections so far
	scripts  faultScripts
	videos   videoJobs

	mu         sync.Mutex
	url        string
	congestion string
	served     bool
	active     int       // calls of Serve and ServeGPU
	idle       sync.Cond // active became 0
}

// ticker produces the tokens of sequences: it calls seq.token for each, on the
// pacer's thread.
type ticker interface {
	start(seq *sequence)
	// cancel forgets seq; no token follows. It may be called for a sequence
	// that has ended.
	cancel(seq *sequence)
	// load returns the live state for /metrics.
	load() engineLoad
}

// New returns a server that is not yet listening. A configuration that cannot
// work is reported by Serve (or beforehand by Config.Validate).
func New(cfg Config) *Server {
	s := &Server{early: cfg.Validate()}
	s.idle.L = &s.mu
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.cfg = cfg.withDefaults()
	if s.cfg.TLS && s.early == nil {
		s.tls, s.pool, s.early = selfSigned()
	}
	if s.early != nil {
		return s
	}
	s.stats = newStats()
	s.gpus = newGPUs(s.cfg.GPUs)
	return s
}

// Start listens on a free loopback port and serves cfg until Close.
func Start(cfg Config) (*Server, error) {
	s := New(cfg)
	if s.early != nil {
		return nil, fmt.Errorf("start simulated server: %w", s.early)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start simulated server: %w", err)
	}
	s.setURL(ln)
	s.enter()
	s.served = true
	go func() {
		defer s.leave()
		_ = s.serve(s.ctx, ln)
	}()
	return s, nil
}

// Serve answers on ln until ctx ends or Close is called, then cuts every open
// connection, waits for its goroutines and returns nil. It closes ln. Any
// other end, such as a broken listener or a bad configuration, is an error.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	s.enter()
	defer s.leave()
	s.mu.Lock()
	again := s.served
	s.served = true
	s.mu.Unlock()
	if again {
		_ = ln.Close()
		return errors.New("serve simulated server: called twice")
	}
	return s.serve(ctx, ln)
}

// serve is Serve after the check that it is the only one.
func (s *Server) serve(ctx context.Context, ln net.Listener) error {
	if s.early != nil {
		_ = ln.Close()
		return fmt.Errorf("serve simulated server: %w", s.early)
	}
	pace, err := newPacer(s.cfg.Spin)
	if err != nil {
		_ = ln.Close()
		return fmt.Errorf("serve simulated server: %w", err)
	}
	defer pace.close()
	defer transport.HoldStamps()()
	s.pace = pace
	s.mu.Lock()
	if s.cfg.Timing == TimingEngine {
		s.ticks = newDriver(s)
	} else {
		s.script = newScripted(s)
		s.ticks = s.script
	}
	s.mu.Unlock()
	s.setURL(ln)
	return s.listen(ctx, ln, routes, s.tls, s.pickConnFault)
}

// ServeGPU serves the page of the simulated GPUs alone, as a DCGM exporter
// would, at /metrics on ln. It ends as Serve does. The numbers follow the load
// that Serve sees.
func (s *Server) ServeGPU(ctx context.Context, ln net.Listener) error {
	if s.early != nil {
		_ = ln.Close()
		return fmt.Errorf("serve simulated GPUs: %w", s.early)
	}
	return s.listen(ctx, ln, gpuRoutes, nil, func() *Fault { return nil })
}

// listen is the accept loop and the owner of every connection's goroutine.
func (s *Server) listen(ctx context.Context, ln net.Listener, table []route, secure *tls.Config, pick func() *Fault) error {
	s.enter()
	defer s.leave()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()
	if name := tune(ln); name != "" {
		s.mu.Lock()
		s.congestion = name
		s.mu.Unlock()
	}
	var conns sync.WaitGroup
	defer conns.Wait()
	defer cancel() // before the wait: it cuts the connections
	for {
		c, err := ln.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = c.Close()
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept on %s: %w", ln.Addr(), err)
		}
		conns.Go(func() { s.serveConn(ctx, c, table, secure, pick()) })
	}
}

// Close ends every Serve and ServeGPU and waits until they have returned. It
// may be called more than once.
func (s *Server) Close() {
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.active > 0 {
		s.idle.Wait()
	}
}

func (s *Server) enter() {
	s.mu.Lock()
	s.active++
	s.mu.Unlock()
}

func (s *Server) leave() {
	s.mu.Lock()
	s.active--
	s.mu.Unlock()
	s.idle.Broadcast()
}

func (s *Server) setURL(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	scheme := "http"
	if s.cfg.TLS {
		scheme = "https"
	}
	s.url = scheme + "://" + ln.Addr().String()
}

// URL returns the base URL, without a trailing slash, or "" before Serve.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// CongestionControl names the TCP congestion control in force on the
// listening sockets, "" if it could not be read. It should be reno.
func (s *Server) CongestionControl() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.congestion
}

// CertPool returns a pool with the server's certificate, nil without TLS.
func (s *Server) CertPool() *x509.CertPool { return s.pool }

// CertPEM returns the server's certificate in PEM form, nil without TLS.
func (s *Server) CertPEM() []byte {
	if s.tls == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.tls.Certificates[0].Certificate[0]})
}

// Config returns the configuration with its defaults filled in.
func (s *Server) Config() Config { return s.cfg }
