package app

import (
	"context"
	"errors"
	"time"

	"tacho/engine/token"
)

// tokenizerPatience bounds how long a run waits for a tokenizer that nobody
// named and that must come over the network.
const tokenizerPatience = 20 * time.Second

// serverTokens tells whether the token counts of the run are the server's.
func (s *session) serverTokens() bool {
	return s.profile.Endpoint.UseServerTokenCount.V || s.counter == nil && !textless(s.spec)
}

// loadTokenizer finds who counts tokens and cuts prompts. It returns how many
// special tokens the tokenizer adds to a prompt. Without one the server's usage
// counts are used, and the run goes on and says so.
func (s *session) loadTokenizer(ctx context.Context) (special int, err error) {
	p := s.profile
	if textless(s.spec) {
		return 0, nil
	}
	model := ""
	if names := p.ModelNames(); len(names) > 0 {
		model = names[0]
	}
	opts := token.Options{
		Name: p.Tokenizer.Name.V, Model: model, Revision: p.Tokenizer.Revision.V, Getenv: s.env.Getenv,
	}
	if opts.Name == "" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, tokenizerPatience)
		defer cancel()
	}
	tok, src, err := s.member.resolve(ctx, opts)
	switch {
	case errors.Is(err, token.ErrUnavailable):
		s.notices = append(s.notices, "tokens are those of the server's usage counts: "+err.Error()+
			"; --tokenizer builtin counts with o200k_base")
		s.info.Tokenizer = "server usage counts"
		s.tokens = token.Source{Kind: "server", Name: "usage"}
		return 0, nil
	case err != nil:
		return 0, withHint(err, "--tokenizer builtin needs no network; --tokenizer also takes a folder with a tokenizer.json")
	}
	s.notices = append(s.notices, src.Warnings...)
	s.prompts, s.tokens = tok, src
	s.info.Tokenizer = src.String()
	if p.Endpoint.UseServerTokenCount.V {
		s.info.Tokenizer = "server usage counts"
	} else {
		s.counter = tok
	}
	return token.SpecialTokens(tok), nil
}
