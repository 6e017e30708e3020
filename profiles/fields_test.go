package profiles

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every setting belongs to exactly one option; a warm-up setting that no
// warm-up option sets belongs to the one of the measured phase.
func TestEachSettingHasOneField(t *testing.T) {
	sk := skeleton()
	owners := map[leaf][]string{}
	for _, f := range Fields {
		if f.bind.leaves == nil {
			continue
		}
		for _, l := range f.bind.leaves(sk) {
			owners[l] = append(owners[l], orText(f.Flag, f.Key))
		}
	}
	n := 0
	walk(reflect.ValueOf(sk).Elem(), "", func(path string, l leaf) {
		n++
		own := owners[l]
		if len(own) > 1 {
			t.Errorf("%s belongs to %v", path, own)
		}
		if len(own) == 0 && !strings.HasPrefix(path, "phases.warmup.") {
			t.Errorf("%s belongs to no option", path)
		}
		if fieldAt(path) == nil {
			t.Errorf("%s cannot be looked up", path)
		}
		delete(owners, l)
	})
	for l, own := range owners {
		t.Errorf("%v sets %T, which is no setting of a Profile", own, l)
	}
	if n < 60 {
		t.Errorf("walked %d settings only", n)
	}
}

func TestFieldsAreWellFormed(t *testing.T) {
	seen := map[string]string{}
	for _, f := range Fields {
		id := orText(f.Flag, f.Key)
		if f.Help == "" || strings.HasSuffix(f.Help, ".") {
			t.Errorf("%s: help %q must be a sentence without a full stop", id, f.Help)
		}
		if f.Group == "" || !strings.ContainsRune("ABC+", rune(f.Tier)) {
			t.Errorf("%s: group %q, tier %q", id, f.Group, f.Tier)
		}
		if f.Flag != "" && f.Type == "" {
			t.Errorf("%s: no type", id)
		}
		if f.Refuse == "" && f.bind.set == nil && f.bind.text == nil && f.bind.check == nil {
			t.Errorf("%s: neither usable nor refused", id)
		}
		for _, n := range f.Names() {
			if other, ok := seen[n]; ok {
				t.Errorf("%s names both %s and %s", n, other, id)
			}
			seen[n] = id
			if Lookup(n) != f || len(n) > 2 && Lookup(strings.ReplaceAll(n[2:], "-", "_")) != nil {
				t.Errorf("Lookup(%s) does not find it alone", n)
			}
			if long, ok := strings.CutPrefix(n, "--"); ok && Lookup("--"+strings.ReplaceAll(long, "-", "_")) != f {
				t.Errorf("%s is not found with underscores", n)
			}
		}
	}
}

// aiperfOption is a row of the list of AIPerf's options.
type aiperfOption map[string]string

func aiperfOptions(t *testing.T) []aiperfOption {
	t.Helper()
	b, err := os.ReadFile("testdata/aiperf_options.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	head := strings.Split(lines[0], "\t")
	var rows []aiperfOption
	for _, line := range lines[1:] {
		row := aiperfOption{}
		for i, cell := range strings.Split(line, "\t") {
			row[head[i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func TestOptionsEqualAIPerf(t *testing.T) {
	rows := aiperfOptions(t)
	usable := 0
	for _, r := range rows {
		f := Lookup(r["flag"])
		if f == nil {
			t.Errorf("%s is not known", r["flag"])
			continue
		}
		names := append([]string{r["flag"]}, strings.Fields(r["aliases"])...)
		if r["negative"] != "" {
			names = append(names, r["negative"])
		}
		for _, n := range names {
			if Lookup(n) != f {
				t.Errorf("%s is not a name of %s", n, r["flag"])
			}
		}
		if len(names) != len(f.Names()) {
			t.Errorf("%s is named %v, AIPerf has %v", r["flag"], f.Names(), names)
		}
		if f.Group != r["group"] || string(f.Tier) != r["tier"] {
			t.Errorf("%s: group %q tier %c, AIPerf has %q %s", r["flag"], f.Group, f.Tier, r["group"], r["tier"])
		}
		if got, want := f.IsSwitch(), r["type"] == "bool"; got != want {
			t.Errorf("%s: switch %v, AIPerf has %v", r["flag"], got, want)
		}
		if f.Refuse != "" {
			continue
		}
		usable++
		if f.Default != r["default"] {
			t.Errorf("%s: default %q, AIPerf has %q", r["flag"], f.Default, r["default"])
		}
		// A family of names stands as "(+20 name-*)".
		choices := strings.Fields(strings.ReplaceAll(regexp.MustCompile(`\(\+\d+`).ReplaceAllString(r["choices"], ""), ")", ""))
		got, want := slices.Sorted(slices.Values(slices.Concat(f.Choices, f.Away))), slices.Sorted(slices.Values(choices))
		if !slices.Equal(got, want) {
			t.Errorf("%s: choices %v, AIPerf has %v", r["flag"], got, want)
		}
		if got, want := f.Sweep, strings.Contains(r["list"], "sweep"); got != want {
			t.Errorf("%s: sweep %v, AIPerf has %v", r["flag"], got, want)
		}
		if strings.Contains(r["list"], "space-separated") && f.List != Words || strings.Contains(r["list"], "comma list") && !f.Sweep && f.List != Comma {
			t.Errorf("%s: list kind %v, AIPerf has %q", r["flag"], f.List, r["list"])
		}
	}
	if len(rows) < 250 || usable < 67 {
		t.Errorf("%d rows, %d usable", len(rows), usable)
	}
}

// Options that AIPerf has and we do not are refused with a reason, never
// unknown, and their values are not taken for something else.
func TestRefusedOptionsSayWhy(t *testing.T) {
	for _, f := range Fields {
		if f.Refuse == "" {
			continue
		}
		if !strings.HasPrefix(f.Refuse, "is not ") && !strings.HasPrefix(f.Refuse, "has one choice") {
			t.Errorf("%s: reason %q", orText(f.Flag, f.Key), f.Refuse)
		}
		if f.Flag == "" {
			continue
		}
		args := []string{"-m", "m", "--" + f.Flag}
		if !f.IsSwitch() {
			args = append(args, "987")
		} else if f.Default == "True" {
			args[2] = "--" + f.Negative
		}
		_, _, err := ParseArgs(args, Env{})
		ps, _ := err.(Problems)
		if len(ps) != 1 || ps[0].Kind != Unsupported || ps[0].Rule != f.Refuse {
			t.Errorf("%v: %v", args, err)
		}
		if f.Default == "" {
			continue
		}
		if f.IsSwitch() {
			args[2] = "--" + f.Flag + "=" + f.Default
		} else {
			args[3] = f.Default
		}
		if _, _, err := ParseArgs(args, Env{}); err != nil {
			t.Errorf("%v asks for nothing, yet: %v", args, err)
		}
	}
}
