package tui

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"tacho/engine/snap"
	"tacho/views/viewtest"
)

// everyKey is all keys of a driver's tables, some that are in none, and what is
// typed into lines.
func everyKey(d *driver) []string {
	all := []string{"x", "0", "4", "5", "enter", "up", "backspace", "ctrl+w", "ctrl+u", "home", "delete", "t", "f", "7", "2", "ü", "漢"}
	for _, table := range d.c.page {
		for _, b := range table {
			all = append(all, b.Keys()...)
		}
	}
	return all
}

// TestRandomDriving: a minute of keys, sizes, pastes, wheel and data in any
// order breaks nothing: no panic, no line too wide, no line too many.
func TestRandomDriving(t *testing.T) {
	steps := 5000
	if testing.Short() {
		steps = 500
	}
	r := rand.New(rand.NewPCG(5, 6))
	run := viewtest.New()
	snaps := []*snap.Snapshot{nil, {}, viewtest.Starting(), viewtest.NoData(), viewtest.Draining(), viewtest.Huge(), viewtest.Failed(), viewtest.Steered(), viewtest.Held(), viewtest.Done()}
	open := []func() *driver{
		func() *driver { return drive(t) },
		func() *driver { return driveOn(t, newSteered(), Options{Ghost: &ghost{}, Command: viewtest.Command}) },
		func() *driver { return driveOn(t, newTape(), Options{}) },
		func() *driver { return driveOn(t, newSteered(), Options{LowBandwidth: true, Mouse: true}) },
	}
	var d *driver
	var keys, trail []string
	for i := range steps {
		if i%250 == 0 {
			d = open[i/250%len(open)]()
			keys, trail = everyKey(d), nil
		}
		switch n := r.IntN(20); {
		case n == 0:
			d.m.Update(tea.WindowSizeMsg{Width: r.IntN(230), Height: r.IntN(75)})
		case n == 1:
			d.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("pasted\ntext \x1b[2J 漢字 slo ttft"), Paste: true})
		case n == 2:
			d.m.Update(tea.MouseMsg{Button: tea.MouseButtonWheelDown - tea.MouseButton(r.IntN(2))})
		case n < 6:
			publish(d.c.src, snaps, run, r)
			d.tick()
		default:
			k := keys[r.IntN(len(keys))]
			trail = append(trail, k)
			d.m.Update(keyMsg(k))
		}
		d.m.leave, d.m.suspendNow, d.m.later = false, false, nil
		f := d.m.View()
		if d.m.fault != nil {
			t.Fatalf("step %d after %q: %v\n%s", i, trail, d.m.fault, d.m.fault.Stack)
		}
		w, h := d.m.size.W, d.m.size.H
		if w <= 0 || h <= 0 {
			continue
		}
		lines := strings.Split(f, "\n")
		if len(lines) != h {
			t.Fatalf("step %d after %q: %d lines on a screen of %dx%d", i, trail, len(lines), w, h)
		}
		for y, l := range lines {
			if lw := ansi.StringWidth(l); lw != w {
				t.Fatalf("step %d after %q: line %d is %d wide on a screen of %dx%d: %q", i, trail, y, lw, w, h, l)
			}
		}
	}
}

// publish moves a run on, or jumps to another picture of one.
func publish(src snap.Source, snaps []*snap.Snapshot, run *viewtest.Run, r *rand.Rand) {
	s := snaps[r.IntN(len(snaps))]
	if r.IntN(2) == 0 {
		s = run.At(time.Duration(r.IntN(300)) * time.Second)
	}
	switch src := src.(type) {
	case *steered:
		src.Publish(s)
	case *source:
		src.Publish(s)
	case *tape:
		src.Publish(s)
	}
}
