package engine

import "sync"

// room bounds how many bytes are held at once. One that is larger than the
// bound is let in when it is alone.
type room struct {
	door sync.Mutex // held by the one who waits: those behind must not pass
	mu   sync.Mutex
	free sync.Cond
	left int64
	all  int64
}

func newRoom(bytes int64) *room {
	r := &room{left: bytes, all: bytes}
	r.free.L = &r.mu
	return r
}

// take waits until n bytes are free and takes them.
func (r *room) take(n int64) {
	r.door.Lock()
	defer r.door.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.left < min(n, r.all) {
		r.free.Wait()
	}
	r.left -= n
}

// give gives n bytes back.
func (r *room) give(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left += n
	r.free.Signal()
}
