package tui

import (
	"testing"
	"time"
)

func TestReplayKeys(t *testing.T) {
	src := newTape()
	d := driveOn(t, src, Options{})
	d.wants("REPLAY")
	d.wants("made by AIPerf 0.13.0")
	d.wants("all 3920 values agree")
	d.wants("profile_export_raw.jsonl")
	sec := func(s float64) time.Duration { return time.Duration(s * 1e9) }
	for _, c := range []struct {
		key  string
		want time.Duration
	}{
		{"home", 0}, {"right", sec(5)}, {"shift+right", sec(55)}, {"left", sec(50)}, {"shift+left", 0},
		{"n", sec(24)}, {"n", sec(48)}, {"N", sec(24)}, {"s", sec(64)}, {"s", sec(128)}, {"S", sec(64)},
		{"]", sec(70)}, {"[", sec(60)}, {"end", sec(303)}, {"right", sec(303)}, {"]", sec(303)}, {"home", 0}, {"[", 0}, {"left", 0},
	} {
		d.press(c.key)
		if src.at != c.want {
			t.Errorf("after %s the head is at %v, want %v", c.key, src.at, c.want)
		}
		if d.c.shown != src.Latest() {
			t.Errorf("after %s the screen shows another moment", c.key)
		}
	}
	d.press("N")
	d.wants("no further error")
	d.press(">", ">")
	if src.speed != 5 {
		t.Errorf("the speed is %v after > >", src.speed)
	}
	d.press("<", "<", "<")
	if src.speed != 0.5 {
		t.Errorf("the speed is %v after < < <", src.speed)
	}
	d.press(" ")
	if !src.playing {
		t.Error("space does not play")
	}
	d.wants("PLAYS x0.5")
	d.press(" ")
	if src.playing {
		t.Error("space does not pause")
	}
	d.press("end", " ")
	if src.at != 0 || !src.playing {
		t.Errorf("at the end, space plays from %v", src.at)
	}
}

// TestReplayIsNotLeftByItself, though its source is done from the start.
func TestReplayIsNotLeftByItself(t *testing.T) {
	d := driveOn(t, newTape(), Options{LeaveWhenDone: true})
	d.tick()
	if d.m.leave {
		t.Fatal("a recording left the screen by itself")
	}
	if !ended(d.press("q")) {
		t.Error("q did not leave a recording")
	}
}

func TestGhost(t *testing.T) {
	d := driveOn(t, newSteered(), Options{Ghost: &ghost{}})
	d.wants("vs before  TTFT p50 -12 % [-16, -9.0] better")
	d.press("o")
	if d.c.ui.GhostOn {
		t.Error("o did not hide the earlier run")
	}
	without := d.screen()
	d.press("o")
	if d.screen() == without {
		t.Error("the earlier run changes nothing on the screen")
	}
}
