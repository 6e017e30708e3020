package profiles

import (
	"strconv"
	"strings"
	"testing"
)

// Files made to exhaust memory or stack are refused with one line.
func TestHostileFiles(t *testing.T) {
	deep := strings.Builder{}
	for i := range 200 {
		deep.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 12; i++ {
		p := strconv.Itoa(i - 1)
		bomb += "a" + strconv.Itoa(i) + ": &a" + strconv.Itoa(i) + " [" + strings.Repeat("*a"+p+", ", 9) + "*a" + p + "]\n"
	}
	for name, text := range map[string]string{
		"large":      strings.Repeat("# comment\n", 200_000),
		"brackets":   strings.Repeat("[", 100_000),
		"braces":     "a: " + strings.Repeat("{a: ", 100_000),
		"dashes":     strings.Repeat("- ", 100_000) + "a",
		"questions":  strings.Repeat("? ", 100_000) + "a",
		"indented":   deep.String(),
		"aliases":    bomb,
		"self alias": "a: &a {b: *a}\n",
		"self merge": "a: &a {<<: *a}\n",
		"json":       `benchmark: {endpoint: {extra: ` + strings.Repeat("[", 400) + strings.Repeat("]", 400) + `}}`,
	} {
		_, _, err := Decode("f", []byte(text), testEnv)
		if err == nil || len(err.Error()) > 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := ParseArgs([]string{"-m", "m", "--extra-inputs", strings.Repeat(`{"a":`, 100_000)}, testEnv); err == nil {
		t.Error("deep JSON was accepted")
	}
	if _, _, err := DecodeInputConfig([]byte(strings.Repeat(`{"a":`, 100_000))); err == nil {
		t.Error("a deep input_config was accepted")
	}
}

// A large but honest file is read in reasonable time: keys are not compared
// pairwise.
func BenchmarkDecodeManyKeys(b *testing.B) {
	var s strings.Builder
	s.WriteString(file("  endpoint:\n    extra:\n"))
	for i := range 5000 {
		s.WriteString("      key" + strconv.Itoa(i) + ": 1\n")
	}
	for b.Loop() {
		if _, _, err := Decode("f", []byte(s.String()), testEnv); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseArgs(b *testing.B) {
	args := splitShell("-m m -u h:8000 --streaming --concurrency 8 --isl 512 --osl 128 --benchmark-duration 60 --warmup-request-count 5")
	for b.Loop() {
		if _, _, err := ParseArgs(args, testEnv); err != nil {
			b.Fatal(err)
		}
	}
}
