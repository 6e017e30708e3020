package tui

import (
	"errors"
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tacho/engine/snap"
	"tacho/views/viewtest"
)

func typed(d *driver, text string) {
	for _, r := range text {
		k := string(r)
		if r == ' ' {
			k = " "
		}
		d.press(k)
	}
}

func TestSteeringKeys(t *testing.T) {
	src := newSteered()
	d := driveOn(t, src, Options{})
	d.press("+", "+", "-", "p", "m")
	d.wants("note:")
	typed(d, "q is no key here")
	d.press("enter")
	d.wants("marked: q is no key here")
	want := []string{"concurrency 85", "concurrency 90", "concurrency 85", "hold true", "mark q is no key here"}
	if !slices.Equal(src.did, want) {
		t.Errorf("the run was steered by %q, want %q", src.did, want)
	}
}

// TestFastKeys: keys that arrive together all count, in order.
func TestFastKeys(t *testing.T) {
	src := newSteered()
	d := driveOn(t, src, Options{})
	d.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("++:note a b")})
	d.press("enter")
	if want := []string{"concurrency 85", "concurrency 90", "mark a b"}; !slices.Equal(src.did, want) {
		t.Errorf("the run was steered by %q, want %q", src.did, want)
	}
	src.did = nil
	d.m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("+q"), Paste: true})
	if len(src.did) > 0 || d.c.ui.Ask != 0 {
		t.Error("pasted text was taken for keys")
	}
}

// TestRateKeys: in an open loop the same keys change the rate.
func TestRateKeys(t *testing.T) {
	src := newSteered()
	s := viewtest.New().At(72 * time.Second)
	s.Run.Load, s.InFlightTarget, s.RateTarget, s.Segments = "poisson 25 req/s, cap 64", 64, 25, nil
	src.Publish(s)
	d := driveOn(t, src, Options{})
	d.press("+", "-", "-")
	if want := []string{"rate 27", "rate 25", "rate 23"}; !slices.Equal(src.did, want) {
		t.Errorf("the run was steered by %q, want %q", src.did, want)
	}
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		v    float64
		rate bool
		want float64
	}{{1, false, 1}, {16, false, 1}, {64, false, 5}, {80, false, 5}, {1000, false, 50}, {0, false, 1}, {25, true, 2}, {1, true, 0.05}, {0.3, true, 0.02}} {
		if got := stepOf(c.v, c.rate); got < c.want*0.999 || got > c.want*1.001 {
			t.Errorf("stepOf(%v, %v) = %v, want %v", c.v, c.rate, got, c.want)
		}
	}
}

func TestCommands(t *testing.T) {
	for _, c := range []struct{ text, did, says string }{
		{"slo time_to_first_token 200", "slo time_to_first_token 200", "what-if time_to_first_token 200"},
		{"slo TTFT off", "slo time_to_first_token NaN", "without a limit"},
		{"rate 20", "rate 20", "rate 20 req/s"},
		{"conc 32", "concurrency 32", "concurrency 32"},
		{"note two words", "mark two words", "marked: two words"},
		{"hold", "hold true", ""},
		{"resume", "hold false", ""},
		{"slo time_to_frist_token 200", "", "did you mean time_to_first_token"},
		{"slo TTFT", "", "slo takes a metric and a limit"},
		{"slo TTFT soon", "", `limit "soon"`},
		{"concurrency many", "", `concurrency "many"`},
		{"rate NaN", "", "must be a number"},
		{"rate -3", "", "must be above 0"},
		{"concurrency 0", "", "at least 1"},
		{"launch", "", "launch is no command"},
	} {
		src := newSteered()
		d := driveOn(t, src, Options{})
		d.press(":")
		typed(d, c.text)
		d.press("enter")
		did := ""
		if len(src.did) > 0 {
			did = src.did[0]
		}
		if did != c.did {
			t.Errorf(":%s did %q, want %q", c.text, did, c.did)
		}
		d.wants(c.says)
	}
}

// TestSteeringErrorsAreTold, and the run goes on.
func TestSteeringErrorsAreTold(t *testing.T) {
	src := newSteered()
	src.fail = errBroken
	d := driveOn(t, src, Options{})
	for _, k := range []string{"+", "-", "p"} {
		d.press(k)
		d.wants(errBroken.Error())
	}
	src.end()
	d.tick()
	d.press("+")
	d.wants("the run has ended")
}

func TestCompletion(t *testing.T) {
	d := driveOn(t, newSteered(), Options{})
	d.press(":", "s")
	d.wants("slo")
	d.press("tab")
	typed(d, "time_to_f")
	d.press("tab")
	if got := string(d.c.line.text); got != "slo time_to_first_token " {
		t.Errorf("completed to %q", got)
	}
	typed(d, "250")
	d.press("enter")
	d.press(":", "up")
	if got := string(d.c.line.text); got != "slo time_to_first_token 250" {
		t.Errorf("the command before is %q", got)
	}
	d.press("ctrl+u", "tab")
	first := string(d.c.line.text)
	d.press("tab")
	if second := string(d.c.line.text); first == second || first == "" {
		t.Errorf("tab steps from %q to %q", first, second)
	}
	d.press("esc")
	if d.c.line != nil || d.c.ui.Prompt.Label != "" {
		t.Error("esc left the line open")
	}
}

func TestDetach(t *testing.T) {
	fail := errors.New("no runtime directory")
	for _, want := range []error{nil, fail} {
		d := driveOn(t, newSteered(), Options{Detach: func() error { return want }})
		cmd := d.press("d")
		if cmd == nil || d.m.leave {
			t.Fatal("d did not detach beside the event loop")
		}
		d.m.Update(cmd())
		if d.m.leave != (want == nil) {
			t.Errorf("detach gave %v and the screen left: %v", want, d.m.leave)
		}
		if want != nil {
			d.wants(fail.Error())
		}
	}
	d := driveOn(t, newSteered(), Options{})
	if _, bound := find(d.c.table(), "d"); bound {
		t.Error("d is bound though nothing can detach")
	}
}

// TestHeldIsSeen everywhere.
func TestHeldIsSeen(t *testing.T) {
	src := newSteered()
	src.Publish(viewtest.Held())
	d := driveOn(t, src, Options{})
	for _, p := range []string{"1", "2", "3", "6", "7", "8", "9"} {
		d.press(p)
		d.wants("HELD")
	}
	d.press("p")
	if !slices.Equal(src.did, []string{"hold false"}) {
		t.Errorf("p did %q", src.did)
	}
	if _, ok := any(src).(snap.Steerer); !ok {
		t.Error("the run cannot be steered")
	}
}
