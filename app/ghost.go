package app

import (
	"tacho/app/tui"
	"tacho/engine/snap"
	"tacho/export/replay"
)

// ghost is an earlier run as the screens want it.
type ghost struct {
	*replay.Ghost
	dir string
}

// openGhost reads the run that a person names, to be drawn behind another one.
// It must be opened before a run that may write into the same directory.
func openGhost(name string) (ghost, error) {
	dir, err := findRun(name)
	if err != nil {
		return ghost{}, err
	}
	g, err := replay.OpenGhost(dir)
	return ghost{g, dir}, err
}

func (g ghost) Diff(s *snap.Snapshot) []tui.Difference {
	var out []tui.Difference
	for _, d := range g.Ghost.Diff(s) {
		out = append(out, tui.Difference(d))
	}
	return out
}
