package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/simserver"
)

// A list of further DCGM fields: they are in every file that has GPUs, in the
// summaries that verify reads, and what of the list nobody shows is told.
func TestListedGPUFigures(t *testing.T) {
	cfg := simserver.Fast()
	cfg.GPUs = 1
	s := startSim(t, cfg)
	dir := t.TempDir()
	list, out := filepath.Join(dir, "list.csv"), filepath.Join(dir, "run")
	write(t, list, "# more\nDCGM_FI_DEV_MEMORY_TEMP, gauge, memory temperature (in C)\nDCGM_FI_PROF_DRAM_ACTIVE, gauge, Memory interface busy\n"+
		"DCGM_FI_DEV_NOT_THERE, counter, Not there\nDCGM_FI_DRIVER_VERSION, label, Driver\n")
	r := tacho(t, watched(s.URL(), out, "--gpu-telemetry", s.URL()+"/gpu/metrics", list)...)
	if r.code != 0 {
		t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	for _, want := range []string{"Memory Temperature (°C)", "Memory Interface Busy (count)",
		list + ": left out, as AIPerf has no numbers of them: DCGM_FI_DRIVER_VERSION",
		list + ": no page had DCGM_FI_DEV_NOT_THERE"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the end lacks %q:\n%s", want, r.stdout)
		}
	}
	for file, want := range map[string]string{
		"gpu_telemetry_export.jsonl": `"nvidia_memory_temp":38,`, "profile_export_aiperf.csv": "Memory Interface Busy (count)", "profile_export_aiperf.json": `"nvidia_dram_active"`,
		"profile_export_console.txt": "Memory Temperature (°C)",
	} {
		if data, err := os.ReadFile(filepath.Join(out, file)); err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s lacks %s: %v", file, want, err)
		}
	}
	config, _ := readJSON(t, filepath.Join(out, "profile_export_aiperf.json"))["input_config"].(map[string]any)
	if gpus, _ := config["gpu_telemetry"].(map[string]any); gpus["metrics_file"] != list {
		t.Errorf("input_config has %v", config["gpu_telemetry"])
	}
	if v := tacho(t, "verify", out); v.code != 0 {
		t.Errorf("verify: exit %d\n%s%s", v.code, v.stdout, v.stderr)
	}
}

// A list that is wrong stops before anything is made.
func TestGPUListThatIsWrong(t *testing.T) {
	dir := t.TempDir()
	list, out := filepath.Join(dir, "list.csv"), filepath.Join(dir, "run")
	write(t, list, "DCGM_FI_DEV_MEMORY_TEMP, gauge, x\nDCGM_FI_DEV_SM_CLOCK, gouge, x\n")
	for _, c := range []struct{ file, want string }{
		{list, "--gpu-telemetry " + list + `: line 2: DCGM_FI_DEV_SM_CLOCK: "gouge": want gauge or counter`},
		{filepath.Join(dir, "none.csv"), "--gpu-telemetry " + filepath.Join(dir, "none.csv") + ": no such file or directory"},
	} {
		r := tacho(t, watched("http://127.0.0.1:1", out, "--gpu-telemetry", c.file)...)
		if r.code != 2 || !strings.HasPrefix(r.stderr, "tacho: "+c.want+"\n") {
			t.Errorf("exit %d: %s", r.code, r.stderr)
		}
		if _, err := os.Stat(out); !os.IsNotExist(err) {
			t.Errorf("%s is there", out)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
