package simserver

// Load is what the server is doing now and has done so far, for a status line.
type Load struct {
	Requests         int64 // inference requests begun, the refused ones included
	Running, Waiting int   // sequences in the batch and in the queue
	KVUsage          float64
	PromptTokens     int64
	OutputTokens     int64
	// Errors counts the requests that a fault answered in place of the engine.
	Errors int64
}

// Load returns the state of this moment; all zero before Serve.
func (s *Server) Load() Load {
	s.mu.Lock()
	t := s.ticks
	s.mu.Unlock()
	if t == nil {
		return Load{}
	}
	e := t.load()
	s.stats.mu.Lock()
	defer s.stats.mu.Unlock()
	return Load{
		Requests: s.requests.Load(), Running: e.running, Waiting: e.waiting, KVUsage: e.kvUsage,
		PromptTokens: s.stats.promptTokens, OutputTokens: s.stats.genTokens, Errors: s.stats.finishedBy["error"],
	}
}
