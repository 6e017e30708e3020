package tui

import (
	"fmt"
	"io"
	"time"

	"tacho/engine/snap"
	"tacho/views/screen"
	"tacho/views/theme"
)

// WriteKeys writes all keys by the screen that they work on, from the tables
// that the input is matched with.
func WriteKeys(w io.Writer) error {
	m := &model{th: &theme.Theme{}}
	live := newConsole(m, &anyRun{}, Options{Detach: func() error { return nil }})
	tape := newConsole(m, &anyTape{}, Options{})
	sections := []struct {
		title string
		rows  []bound
	}{
		{"On every page of a run", live.common()},
		{"While a load runs", live.steerKeys()},
		{"Asked whether to stop", live.quitKeys},
		{"On a recorded run", tape.replayKeys()},
		{"Overview", live.movement(screen.PageOverview)},
		{"Latency", live.pageKeys(screen.PageLatency)},
		{"In lists", live.movement(screen.PageLog)},
		{"Slices", live.pageKeys(screen.PageSlices)},
		{"GPUs", live.pageKeys(screen.PageGPUs)},
		{"Server", live.pageKeys(screen.PageServer)},
		{"Requests", append(live.pageKeys(screen.PageRequests), live.whichKeys()...)},
		{"Errors", live.pageKeys(screen.PageErrors)},
		{"Log and configuration", live.pageKeys(screen.PageLog)},
		{"Runs of a sweep or a search", live.pageKeys(screen.PageRuns)},
		{"Start screen", newLauncher(m, HomeData{}).keys},
		{"Form", newSheet(m, FormData{}).keys},
		{"Form, in a list of values", newSheet(m, FormData{}).pick},
	}
	for i, s := range sections {
		gap := "\n"
		if i == 0 {
			gap = ""
		}
		if _, err := fmt.Fprintf(w, "%s%s\n", gap, s.title); err != nil {
			return err
		}
		for _, b := range s.rows {
			h := b.Help()
			if _, err := fmt.Fprintf(w, "  %-10s %s\n", h.Key, h.Desc); err != nil {
				return err
			}
		}
	}
	return nil
}

// anyRun stands for a run that has all that a run can have.
type anyRun struct{ snap.Cell }

func (*anyRun) Done() <-chan struct{}                               { return nil }
func (*anyRun) Err() error                                          { return nil }
func (*anyRun) Stop(string)                                         {}
func (*anyRun) SetConcurrency(int) error                            { return nil }
func (*anyRun) SetRate(float64) error                               { return nil }
func (*anyRun) Hold(bool) error                                     { return nil }
func (*anyRun) Mark(string) error                                   { return nil }
func (*anyRun) SetSLO(string, float64) error                        { return nil }
func (*anyRun) SeriesPoints(string, string, int) []snap.SeriesPoint { return nil }

// anyTape stands for a recording.
type anyTape struct{ snap.Cell }

func (*anyTape) Done() <-chan struct{}                 { return nil }
func (*anyTape) Err() error                            { return nil }
func (*anyTape) Timeline() *snap.Timeline              { return &snap.Timeline{} }
func (*anyTape) Seek(time.Duration)                    {}
func (*anyTape) Play(bool)                             {}
func (*anyTape) SetSpeed(float64)                      {}
func (*anyTape) State() (time.Duration, bool, float64) { return 0, false, 1 }
func (*anyTape) SetSLO(string, float64) error          { return nil }
