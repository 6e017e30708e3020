package transport

import (
	"net/http"
	"sync"
)

// stickyPool keeps one small pool per key: a conversation has its connection to
// itself, and two requests of one key at the same time have two.
type stickyPool struct {
	mu    sync.Mutex // once per request, not per token
	byKey map[string]*http.Transport
}

func (s *stickyPool) get(key string, fresh func() *http.Transport) *http.Transport {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.byKey[key]
	if t == nil {
		t = fresh()
		s.byKey[key] = t
	}
	return t
}

// drop closes the connection of a key whose conversation has ended.
func (s *stickyPool) drop(key string) {
	s.mu.Lock()
	t := s.byKey[key]
	delete(s.byKey, key)
	s.mu.Unlock()
	if t != nil {
		t.CloseIdleConnections()
	}
}

func (s *stickyPool) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, t := range s.byKey {
		t.CloseIdleConnections()
		delete(s.byKey, key)
	}
}
