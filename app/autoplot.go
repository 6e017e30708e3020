package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"tacho/export/plot"
	"tacho/export/replay"
	"tacho/profiles"
)

// autoPlot draws the pictures that a profile asks for, of the run in a folder or,
// with below, of all that lie in it. The note says why there are none, unless
// they are required: then the error does.
func autoPlot(ctx context.Context, p *profiles.Profile, dir string, below bool) (note string, err error) {
	if !p.Artifacts.AutoPlot.V {
		return "", nil
	}
	th, _ := plot.LookupTheme(plot.Themes()[0])
	into := filepath.Join(dir, plot.Folder)
	if below {
		_, err = plotRuns(ctx, []string{dir}, into, th)
	} else {
		var run *replay.Dir
		if run, err = replay.Open(dir); err == nil {
			_, err = drawRuns(ctx, []*replay.Dir{run}, into, th)
		}
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("the drawing was stopped")
	}
	switch {
	case err == nil:
		return "", nil
	case p.Artifacts.PlotRequired.V:
		return "", fmt.Errorf("--plot-required: no pictures: %w", err)
	}
	return fmt.Sprintf("--auto-plot: no pictures: %v", err), nil
}

// plot draws the pictures of a run whose files are written. One of several is
// drawn with the others.
func (s *session) plot(ctx context.Context) error {
	if s.member != nil {
		return nil
	}
	note, err := autoPlot(ctx, s.profile, s.files.dir, false)
	if note != "" {
		s.notices = append(s.notices, note)
		s.files.log.Warn(note)
	}
	return err
}
