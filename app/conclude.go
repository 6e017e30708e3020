package app

import (
	"context"
	"fmt"
	"io"

	"tacho/engine/snap"
	"tacho/export/aiperf"
	"tacho/views/figure"
)

// identify asks the server what it is, for the manifest, and finds out whether
// it is the simulator.
func (s *session) identify(ctx context.Context, srv *server) {
	s.server = srv.identity(ctx, s.profile)
	s.info.Simulated = len(s.server.Header) >= len(simulatorHeader) && s.server.Header[:len(simulatorHeader)] == simulatorHeader
	if s.info.Simulated {
		s.notices = append(s.notices, "the server is simulated: its numbers say nothing about real hardware")
	}
}

// conclude tells the result in the scrollback and returns the error that the
// program ends with.
func (s *session) conclude(runErr, shownErr error) error {
	width := 0
	if s.env.Terminal {
		width = s.env.Width
	}
	s.tell(s.env.Stdout, width)
	if shownErr != nil {
		fmt.Fprintln(s.env.Stderr, "tacho: the screen failed, the run did not:", shownErr)
	}
	if runErr != nil && s.live.stops.exitCode() == 0 {
		return runErr
	}
	if code := s.live.stops.exitCode(); code != 0 {
		if runErr != nil {
			fmt.Fprintln(s.env.Stderr, "tacho:", runErr)
		}
		return &silentError{code}
	}
	return nil
}

// tell prints how the run ended: AIPerf's tables where they fit, and a narrow one
// elsewhere. A width of 0 has room for all.
func (s *session) tell(w io.Writer, width int) {
	if s.result != nil && s.result.Valid() > 0 {
		if width > 0 && width < consoleWidth {
			narrowTable(w, s.result.Summary, width)
		} else {
			w.Write(aiperf.EncodeConsole(s.result))
		}
	}
	s.tail(w, s.live.Latest())
}

// consoleWidth is the width of AIPerf's tables.
const consoleWidth = 140

// tail says how the run ended, who made the numbers, and where they are.
func (s *session) tail(w io.Writer, last *snap.Snapshot) {
	if last == nil {
		return
	}
	fmt.Fprintln(w)
	if s.info.Simulated {
		fmt.Fprintln(w, "SIMULATED server: these numbers say nothing about real hardware.")
	}
	if s.result != nil { // else the program ends with why it did not begin
		fmt.Fprintln(w, last.Verdict)
	}
	if s.result != nil && s.result.Valid() > 0 {
		for _, line := range costLines(s.result.Manifest.Cost) {
			fmt.Fprintln(w, line)
		}
	}
	mixed(w, last.Segments)
	switch {
	case s.info.Clock == "":
	case s.info.Tokenizer == "": // nothing is counted
		fmt.Fprintf(w, "clock: %s\n", s.info.Clock)
	default:
		fmt.Fprintf(w, "tokens: %s   clock: %s\n", s.info.Tokenizer, s.info.Clock)
	}
	for _, n := range s.notices {
		fmt.Fprintln(w, "note:", n)
	}
	if len(last.Files) > 0 {
		fmt.Fprintf(w, "files:  %s\n", s.files.dir)
	}
	for _, f := range last.Files {
		fmt.Fprintf(w, "  %-42s %10s\n", f.Name, figure.Bytes(f.Bytes))
	}
}
