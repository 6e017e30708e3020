package export

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		prefix string
		kind   Kind
		want   string
	}{
		{"", ProfileCSV, "profile_export_aiperf.csv"},
		{"", GPUTelemetry, "gpu_telemetry_export.jsonl"},
		{"foo", GPUTelemetry, "foo_gpu_telemetry.jsonl"},
		{"foo.json", Records, "foo.jsonl"},
		{"foo_raw.jsonl", ProfileJSON, "foo.json"},
		{"foo", InputsJSON, "inputs.json"},
		{"foo_timeslices.csv", SlicesJSON, "foo_timeslices.json"},
		{"foo", Requests, "foo_requests.csv"},
		{"foo", ManifestJSON, "manifest.json"},
	} {
		if got := NewNames(c.prefix).Of(c.kind); got != c.want {
			t.Errorf("NewNames(%q).Of(%s) = %q, want %q", c.prefix, c.kind, got, c.want)
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	for _, prefix := range []string{"", "foo"} {
		seen := map[string]Kind{}
		for _, f := range Files {
			name := NewNames(prefix).Of(f.Kind)
			if seen[name] != "" {
				t.Errorf("%s and %s are both %s", seen[name], f.Kind, name)
			}
			seen[name] = f.Kind
			if f.Doc == "" {
				t.Errorf("%s has no description", f.Kind)
			}
		}
	}
}

// TestDetectNames finds the prefix in the real directories.
func TestDetectNames(t *testing.T) {
	for dir, want := range map[string]string{
		"chat_stream": "", "prefix_named": "foo", "all_fail": "", "summary_level": "", "telemetry": "", "default_dir_name": "",
	} {
		entries, err := os.ReadDir(filepath.Join("../testdata/aiperf-0.13", dir))
		if err != nil {
			t.Fatal(err)
		}
		var files []string
		for _, e := range entries {
			files = append(files, e.Name())
		}
		got, ok := DetectNames(files)
		if !ok || got.Prefix() != want {
			t.Errorf("%s: prefix %q, %v, want %q", dir, got.Prefix(), ok, want)
		}
	}
	if n, ok := DetectNames([]string{"gpu_telemetry_export.jsonl", "foo_raw.jsonl", "x.txt"}); ok {
		t.Errorf("found a run named %q in a folder without one", n.Prefix())
	}
	if n, ok := DetectNames([]string{"bar_console.txt", "bar.json", "bar.csv"}); !ok || n.Prefix() != "bar" {
		t.Errorf("summary level: prefix %q, %v", n.Prefix(), ok)
	}
}
