package simserver

// whole is the dialect of an answer that only comes in one piece.
type whole struct {
	render func(dst []byte, u usage) []byte
	ctype  string // empty is JSON
}

func (w whole) event(dst []byte, _ *piece, _ usage) []byte { return dst }
func (w whole) body(dst []byte, u usage) []byte            { return w.render(dst, u) }

func (w whole) contentType() string {
	if w.ctype == "" {
		return typeJSON
	}
	return w.ctype
}

// pool answers with what is no text: the prompt is computed like any other, and
// the answer is ready steps later.
func (x *exchange) pool(p *params, text string, steps int, render func(dst []byte, u usage) []byte) {
	p.Stream = false
	prompt := max(1, x.srv.cfg.Count(text))
	if !x.check(p, prompt) {
		return
	}
	x.respond(&answer{
		params: p, prompt: prompt, text: text, n: steps, finish: "stop", pooled: true, dialect: whole{render: render},
	})
}

// pooledUsage is the usage of an answer without tokens, as vLLM sends it.
func pooledUsage(u usage) map[string]any {
	return map[string]any{"prompt_tokens": u.prompt, "total_tokens": u.prompt}
}

// score returns a number from 0 to 1 for two texts, always the same.
func (s *Server) score(a, b string) float64 {
	return unit(s.cfg.Seed, hashText(a), hashText(b), saltText)
}

// hashText is FNV-1a, which unlike maphash is the same in every process.
func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
