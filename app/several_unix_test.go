//go:build unix

package app

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tacho/engine/simserver"
)

// Ctrl-C in a cell keeps what is finished, sums it up and says so; the same
// command goes on with the rest.
func TestASweepIsCutAndGoesOn(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "runs")
	args := small(s.URL(), dir, "--concurrency", "1,2,3")
	// The second cell would last for minutes.
	for i, a := range args {
		if a == "--request-count" {
			args[i+1] = "5,2000000,5"
		}
	}
	args = append(args, "--sweep-type", "zip", "--num-dataset-entries", "8")
	p := startProgram(t, args...)
	cut := filepath.Join(dir, "concurrency_2__requests_2000000")
	await(t, "the second cell", func() bool { return records(cut) > 0 })
	p.cmd.Process.Signal(syscall.SIGINT)
	code, _ := p.end(t)
	if code != 130 || !strings.Contains(p.stderr(), "stopped with 2 of 3 runs left") {
		t.Errorf("exit %d\n%s", code, p.stderr())
	}
	sweep := readJSON(t, filepath.Join(dir, "sweep_aggregate", "profile_export_aiperf_sweep.json"))
	if sweep["num_profile_runs"] != 1.0 {
		t.Errorf("%v runs in the sweep file, want the finished one", sweep["num_profile_runs"])
	}
	st := readState(t, dir)
	if st.Finished || len(st.Runs) != 2 || st.Runs[1].Status != statusCut {
		t.Errorf("state %+v", st)
	}
	first := filepath.Join(dir, "concurrency_1__requests_5", ".aiperf_results_ready.json")
	was := modified(t, first)
	p = startProgram(t, args...)
	await(t, "the second cell again", func() bool { return strings.Contains(p.stderr(), "[2/3] ") && records(cut) > 0 })
	if !strings.Contains(p.stderr(), "[1/3] concurrency=1 num-requests=5 is there already") || !modified(t, first).Equal(was) {
		t.Errorf("the first cell was made again:\n%s", p.stderr())
	}
	p.cmd.Process.Signal(syscall.SIGINT)
	p.end(t)
	if _, err := os.Stat(filepath.Join(dir, "concurrency_3__requests_5")); err == nil {
		t.Error("the third cell began after the stop")
	}
}
