package simserver

import (
	"slices"
	"strings"
)

const (
	errorData  = "data: {\"error\":{\"message\":\"simulated stream error\",\"type\":\"server_error\",\"param\":null,\"code\":503}}\n\n"
	errorBlock = ": simulated comment text\nevent: error\ndata: {\"message\":\"simulated event error\"}\n\n"
)

// middle returns the index after the first half of the content events, at
// least one of them.
func middle(ps []piece) int {
	var at []int
	for i := range ps {
		if ps[i].tokens > 0 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return 0
	}
	return at[max(1, len(at)/2)-1] + 1
}

// after inserts p in the middle.
func after(p piece) func(*exchange, *stream) {
	return func(_ *exchange, s *stream) { s.pieces = slices.Insert(s.pieces, middle(s.pieces), p) }
}

// cutAfter keeps the first half, then ends with more.
func (s *stream) cutAfter(more ...piece) {
	s.pieces = append(s.pieces[:middle(s.pieces)], more...)
}

func cutStream(k kind) func(*exchange, *stream) {
	return func(_ *exchange, s *stream) { s.cutAfter(piece{kind: k}) }
}

// cutEvent ends inside an event whose chunk says that it is longer.
func cutEvent(_ *exchange, s *stream) {
	s.cutAfter(piece{kind: kindWire, ticks: 1, text: "ff\r\ndata: {\"id\":\"chatcmpl-"}, piece{kind: kindCut})
}

func hangMid(x *exchange, s *stream) {
	s.cutAfter(piece{kind: kindPause, pause: x.srv.cfg.Limits.Hang}, piece{kind: kindCut})
}

func stallMid(x *exchange, s *stream) {
	after(piece{kind: kindPause, pause: x.srv.cfg.Limits.Stall})(x, s)
}

func badChunk(_ *exchange, s *stream) {
	s.cutAfter(piece{kind: kindWire, text: "zz!\r\nthis is no chunk\r\n"}, piece{kind: kindCut})
}

func errorFirst(_ *exchange, s *stream) {
	s.pieces = append([]piece{{kind: kindSSE, text: errorData}}, s.closing()...)
}

func errorMid(_ *exchange, s *stream) {
	s.cutAfter(append([]piece{{kind: kindSSE, text: errorData}}, s.closing()...)...)
}

func errorEvent(_ *exchange, s *stream) {
	s.cutAfter(piece{kind: kindSSE, text: errorBlock}, piece{kind: kindEnd})
}

// closing returns the pieces that end a stream.
func (s *stream) closing() []piece { return []piece{{kind: kindDone, hold: true}, {kind: kindEnd}} }

// noContent keeps only the kinds given; they are added if the answer lacks
// them.
func noContent(kinds ...kind) func(*exchange, *stream) {
	return func(_ *exchange, s *stream) {
		s.pieces = nil
		for _, k := range kinds {
			p := piece{kind: k}
			if k == kindFinish {
				p.finish = "stop"
			}
			s.pieces = append(s.pieces, p)
		}
		s.pieces = append(s.pieces, s.closing()...)
	}
}

// zeroTokens takes the content out and finishes as a stop at once does.
func zeroTokens(_ *exchange, s *stream) {
	s.pieces = slices.DeleteFunc(s.pieces, func(p piece) bool { return p.tokens > 0 || p.kind == kindFinish })
	at := slices.IndexFunc(s.pieces, func(p piece) bool { return p.kind != kindRole })
	s.pieces = slices.Insert(s.pieces, at, piece{kind: kindFinish, finish: "stop"})
}

func noDone(_ *exchange, s *stream) {
	s.pieces = slices.DeleteFunc(s.pieces, func(p piece) bool { return p.kind == kindDone })
}

func ping(_ *exchange, s *stream) {
	var ps []piece
	for _, p := range s.pieces {
		ps = append(ps, p)
		if p.tokens > 0 {
			ps = append(ps, piece{kind: kindSSE, text: ": ping\n\n"})
		}
	}
	s.pieces = ps
}

func batched(_ *exchange, s *stream) {
	n, last := 0, -1
	for i := range s.pieces {
		if s.pieces[i].tokens == 0 {
			continue
		}
		n++
		last = i
		s.pieces[i].hold = n%4 != 0
	}
	if last >= 0 {
		s.pieces[last].hold = false
	}
}

func splitEvents(_ *exchange, s *stream) {
	for i := range s.pieces {
		s.pieces[i].split = s.pieces[i].tokens > 0
	}
}

func hugeEvent(x *exchange, s *stream) {
	for i := range s.pieces {
		if s.pieces[i].tokens > 0 {
			s.pieces[i].text = strings.Repeat(" x", x.srv.cfg.Limits.HugeBytes/2)
			return
		}
	}
}

// cutWhole sends half of a whole answer under its full Content-Length.
func cutWhole(k kind) func(*exchange, *stream) {
	return func(_ *exchange, s *stream) {
		s.pieces[0].half = true
		s.pieces = append(s.pieces, piece{kind: k})
	}
}

func hangWhole(x *exchange, s *stream) {
	s.pieces[0].half = true
	s.pieces = append(s.pieces, piece{kind: kindPause, pause: x.srv.cfg.Limits.Hang}, piece{kind: kindCut})
}

// badJSON sends half of the JSON under a Content-Length that fits the half.
func badJSON(_ *exchange, s *stream) { s.dialect = halfBody{s.dialect} }

type halfBody struct{ dialect }

func (h halfBody) body(dst []byte, u usage) []byte {
	all := h.dialect.body(nil, u)
	return append(dst, all[:len(all)/2]...)
}
