package tui

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"tacho/profiles"
)

// formDriver fills in a form.
type formDriver struct {
	*testing.T
	m *model
	s *sheet
}

func fill(t *testing.T, data FormData) *formDriver {
	t.Helper()
	data.Env.LookupEnv = func(string) (string, bool) { return "", false }
	m := &model{th: colourTheme(t)}
	s := newSheet(m, data)
	m.face = s
	m.Update(tea.WindowSizeMsg{Width: 100, Height: 30})
	m.View()
	return &formDriver{t, m, s}
}

func (d *formDriver) press(keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		_, cmd = d.m.Update(keyMsg(k))
		d.m.View()
	}
	return cmd
}

func (d *formDriver) typeText(text string) {
	for _, r := range text {
		d.press(string(r))
	}
}

func (d *formDriver) wants(text string) {
	d.Helper()
	if f := ansi.Strip(d.m.View()); !strings.Contains(f, text) {
		d.Errorf("%q is not on the screen:\n%s", text, f)
	}
}

// find puts the cursor on an option.
func (d *formDriver) find(name string) {
	d.press("/")
	d.press("ctrl+u")
	d.typeText(name)
	d.press("enter")
	for range 40 {
		if f := d.s.field(); f != nil && "--"+shortest(f) == name {
			return
		}
		d.press("down")
	}
	d.Fatalf("%s is not in the form", name)
}

// enter gives an option a value.
func (d *formDriver) enter(name, value string) {
	d.find(name)
	d.press("e")
	if d.s.edit == nil {
		d.Fatalf("%s cannot be typed", name)
	}
	d.press("ctrl+u")
	d.typeText(value)
	d.press("enter")
}

func TestFormFillsAndRuns(t *testing.T) {
	d := fill(t, FormData{Title: "New run"})
	d.wants("New run")
	d.enter("--model", "Qwen3-8B")
	d.enter("--url", "gpu-box:8000")
	d.find("--streaming")
	d.press(" ")
	d.find("--concurrency")
	d.press("6", "4", "enter") // a number is typed straight away
	d.press("esc")
	d.wants("tacho profile --model 'Qwen3-8B' --url 'gpu-box:8000' --streaming --concurrency")
	d.press("enter")
	d.wants("Start this run?")
	d.press("esc")
	if d.m.leave {
		t.Fatal("esc started the run")
	}
	if !ended(d.press("enter", "enter")) {
		t.Fatal("enter twice did not start the run")
	}
	r := d.s.result
	want := []string{"--model", "Qwen3-8B", "--url", "gpu-box:8000", "--streaming", "--concurrency", "64"}
	if !r.Run || !slices.Equal(r.Args, want) {
		t.Errorf("run %v with %q, want %q", r.Run, r.Args, want)
	}
	if r.Profile.Profiling().Concurrency.V != 64 || !r.Profile.Endpoint.Streaming.V {
		t.Errorf("the profile has concurrency %d, streaming %v", r.Profile.Profiling().Concurrency.V, r.Profile.Endpoint.Streaming.V)
	}
}

// TestFormSaysWhatIsWrong beside the field, while it is typed, and does not run.
func TestFormSaysWhatIsWrong(t *testing.T) {
	d := fill(t, FormData{Args: []string{"--model", "m", "--concurrency", "4"}})
	d.find("--concurrency")
	d.press("e", "ctrl+u", "x")
	d.wants("must be a whole number")
	d.wants("1 problem")
	d.press("enter")
	if ended(d.press("r")) || d.m.leave {
		t.Fatal("a run with a problem was started")
	}
	d.wants("--concurrency: must be a whole number")
	d.press("e", "ctrl+u", "8", "enter")
	d.wants("ready")
	d.enter("--benchmark-grace-period", "3")
	d.wants("requires --benchmark-duration")
	d.find("--model")
	d.press("esc", "!")
	if f := d.s.field(); f == nil || f.Flag != "benchmark-grace-period" {
		t.Errorf("! went to %v", f)
	}
	d.press("x")
	d.wants("ready")
}

func TestFormKeys(t *testing.T) {
	d := fill(t, FormData{Args: []string{"--model", "m", "--export-level", "raw"}})
	d.find("--export-level")
	d.press(" ")
	if got := d.s.draft.typed(d.s.field()); got != "summary" {
		t.Errorf("after raw comes %q", got)
	}
	d.press("x")
	if _, set := d.s.draft.chosen[d.s.field()]; set {
		t.Error("x did not take the value back")
	}
	d.find("--endpoint-type")
	d.press(" ") // there are many: they are listed, on the one that holds
	d.wants("chat-embeddings")
	d.wants("enter take")
	d.press("j", "enter")
	if got, all := d.s.draft.typed(d.s.field()), choices(d.s.field()); got != all[slices.Index(all, "chat")+1] {
		t.Errorf("below chat is %q of %q", got, all)
	}
	d.press(" ", "g", "esc")
	if d.s.ui.Choosing || d.s.draft.typed(d.s.field()) == choices(d.s.field())[0] {
		t.Error("esc took a value, or left the list open")
	}
	d.press("x", "e", "ctrl+u", "c", "h", "a", "t", "-", "tab")
	if got := string(d.s.edit.text); got != "chat-embeddings" {
		t.Errorf("completed to %q", got)
	}
	d.press("esc")
	if got := d.s.draft.typed(d.s.field()); got != "chat" {
		t.Errorf("esc left %q", got)
	}
	d.press("esc", "tab", "j")
	d.wants("▸ Groups")
	if d.s.ui.Group != 1 {
		t.Errorf("j among the groups went to %d", d.s.ui.Group)
	}
	d.press("tab", "]", "[")
	d.press("?")
	for _, b := range d.s.keys {
		d.wants(b.Help().Key)
		d.wants(b.Help().Desc)
	}
	d.press("x")
	if !ended(d.press("q")) || d.s.result.Run {
		t.Error("q did not leave without a run")
	}
	seen := map[string]bool{}
	for _, b := range d.s.keys {
		for _, k := range b.Keys() {
			if seen[k] {
				t.Errorf("%q is bound twice", k)
			}
			seen[k] = true
		}
	}
}

func TestFormSaves(t *testing.T) {
	var names []string
	d := fill(t, FormData{Args: []string{"--model", "m"}, Names: []string{"old"}, Save: func(name string, p *profiles.Profile) error {
		names = append(names, name)
		if name == "full" {
			return errors.New("no space left")
		}
		return nil
	}})
	save := func(name string) {
		d.press("s", "ctrl+u")
		d.typeText(name)
		cmd := d.press("enter")
		if cmd != nil {
			d.m.Update(cmd())
		}
	}
	save("full")
	d.wants("not saved: no space left")
	save("mine")
	d.wants("saved as mine")
	save("../etc/passwd")
	d.wants("no blanks or slashes")
	d.press("s", "ctrl+u")
	d.typeText("old")
	d.wants("replaces the one of that name")
	d.press("esc")
	if !slices.Equal(names, []string{"full", "mine"}) {
		t.Errorf("saved %q", names)
	}
	d.press("r")
	if !d.s.result.Run || d.s.result.SaveAs != "mine" {
		t.Errorf("the form ended with %+v", d.s.result)
	}
	d = fill(t, FormData{Args: []string{"--model", "m"}})
	d.press("s")
	d.typeText("later")
	d.press("enter")
	if !d.m.leave || d.s.result.Run || d.s.result.SaveAs != "later" {
		t.Errorf("without a place to save, the form ended with %+v", d.s.result)
	}
}

// TestSecretsStaySecret: an API key is on no frame, is not lost by looking at
// it, and is in the arguments.
func TestSecretsStaySecret(t *testing.T) {
	d := fill(t, FormData{Args: []string{"--model", "m", "--api-key", "sk-very-secret"}})
	d.find("--api-key")
	frames := d.m.View()
	d.press("e")
	frames += d.m.View()
	d.press("enter", "esc", "enter")
	frames += d.m.View()
	if strings.Contains(frames, "very-secret") {
		t.Error("the key is on the screen")
	}
	d.press("enter")
	if !slices.Contains(d.s.result.Args, "sk-very-secret") {
		t.Errorf("the key is lost: %q", d.s.result.Args)
	}
}

// TestFormAndCommandLineAgree: whatever is filled in, the command line of the
// form gives the same profile, and a form filled from either is the same.
func TestFormAndCommandLineAgree(t *testing.T) {
	env := profiles.Env{LookupEnv: func(string) (string, bool) { return "", false }}
	samples := map[string][]string{
		"name": {"m", "other/model-7B", "two words"}, "URL": {"localhost:8000", "http://a:1 http://b:2"}, "path": {"/v1/x", "-odd"}, "text": {"note", "a b"},
		"whole number": {"1", "7", "512", "0", "-1"}, "number": {"0.5", "3", "1e3"}, "seconds": {"5", "0.5"}, "key:value": {"a:1", `a:1 b:"x"`},
		"Name:value": {"A:b", "'A:b c' D:e"}, "metric:limit": {"time_to_first_token:300", "time_to_first_token:300 inter_token_latency:25"}, "source": {"http://dcgm:9400"},
	}
	var fields []*profiles.Field
	for _, f := range profiles.Fields {
		if usable(f) {
			fields = append(fields, f)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	good := 0
	for i := range 3000 {
		d := newDraft(nil, []string{"--model", "m"}, env)
		for range 1 + r.IntN(6) {
			f := fields[r.IntN(len(fields))]
			of := samples[f.Type]
			if cs := choices(f); len(cs) > 0 {
				of = cs
			}
			if f.IsSwitch() {
				of = []string{"true", "false"}
			}
			if len(of) == 0 {
				continue
			}
			d.set(f, of[r.IntN(len(of))])
			if r.IntN(6) == 0 {
				d.clear(f)
			}
		}
		p, _, err := profiles.ParseArgs(d.args(), env)
		if ps, ok := err.(profiles.Problems); ok && ps.Only(profiles.MissingModel) && !d.blocked {
			continue // the server is asked for it
		}
		if (err != nil) != d.blocked {
			t.Fatalf("%d: the form is blocked: %v; the command line %q gives %v", i, d.blocked, d.args(), err)
		}
		if err != nil {
			continue
		}
		good++
		if a, b := profiles.InputConfig(p), profiles.InputConfig(d.profile); !reflect.DeepEqual(a, b) {
			t.Fatalf("%d: %q gives\n%v\nthe form has\n%v", i, d.args(), a, b)
		}
		line, _, err := profiles.ParseArgs(profiles.Args(d.profile), env)
		if err != nil {
			t.Fatalf("%d: the profile of %q has the command line %q: %v", i, d.args(), profiles.Args(d.profile), err)
		}
		again := newDraft(d.profile, nil, env)
		if a, b := profiles.InputConfig(again.profile), profiles.InputConfig(line); again.blocked || !reflect.DeepEqual(a, b) {
			t.Fatalf("%d: filled from the profile of %q the form says %q, and has\n%v\nwant\n%v\nproblems %v %v", i, d.args(), again.args(), a, b, again.problems, again.loose)
		}
		same := newDraft(nil, d.args(), env)
		if !reflect.DeepEqual(same.chosen, d.chosen) {
			t.Fatalf("%d: filled from %q the form has %v, want %v", i, d.args(), same.chosen, d.chosen)
		}
	}
	if good < 300 {
		t.Errorf("only %d of the forms were without problems: the test tests little", good)
	}
}

// TestFormOverAFile keeps what only a file can say.
func TestFormOverAFile(t *testing.T) {
	env := profiles.Env{LookupEnv: func(string) (string, bool) { return "", false }}
	base, _, err := profiles.ParseArgs([]string{"--model", "m", "--concurrency", "4"}, env)
	if err != nil {
		t.Fatal(err)
	}
	base.Dataset().Name.Put("mine")
	d := newDraft(base, nil, env)
	if d.base == nil {
		t.Fatal("the setting that has no option is lost")
	}
	d.set(profiles.Lookup("--concurrency"), "8")
	if d.blocked || d.profile.Dataset().Name.V != "mine" || d.profile.Profiling().Concurrency.V != 8 {
		t.Errorf("blocked %v, name %q, concurrency %d", d.blocked, d.profile.Dataset().Name.V, d.profile.Profiling().Concurrency.V)
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil}, {"  ", nil}, {"a b", []string{"a", "b"}}, {`'A: b c' D:e`, []string{"A: b c", "D:e"}}, {`"it's" x`, []string{"it's", "x"}}, {`''`, []string{""}}, {`{"a":1}`, []string{`{"a":1}`}}, {`a:"b c`, []string{`a:"b`, "c"}},
	} {
		if got := splitWords(c.text); !slices.Equal(got, c.want) {
			t.Errorf("splitWords(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	for _, words := range [][]string{{"a"}, {"a b", "c"}, {"it's"}, {""}, {`say "x"`}} {
		if got := splitWords(joinWords(words)); !slices.Equal(got, words) {
			t.Errorf("%q becomes %q", words, got)
		}
	}
}
