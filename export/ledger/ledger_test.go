package ledger

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
)

const goldens = "../../testdata/aiperf-0.13"

func TestScanFindsTheGoldens(t *testing.T) {
	runs, unreadable := Scan(context.Background(), goldens)
	if len(runs) < 20 || unreadable != 0 {
		t.Fatalf("%d runs, %d unreadable", len(runs), unreadable)
	}
	for i := 1; i < len(runs); i++ {
		if runs[i].When.After(runs[i-1].When) {
			t.Fatalf("%s is before %s: not the newest first", runs[i-1].Dir, runs[i].Dir)
		}
	}
}

func TestReadAIPerfsDirectory(t *testing.T) {
	e, found, err := Read(filepath.Join(goldens, "chat_stream"))
	if err != nil || !found {
		t.Fatal(found, err)
	}
	if e.Origin != "AIPerf 0.13.0" || e.Model != "mock-model" || e.Endpoint != "chat" || e.Load != "closed loop 4" || e.Requests != 60 || e.Errors != 0 {
		t.Errorf("%+v", e)
	}
	if math.Abs(e.TTFT50-56.0318755) > 1e-9 || math.Abs(e.ReqSec-10.398995884049699) > 1e-9 || len(e.Trend) == 0 {
		t.Errorf("TTFT p50 %v, req/s %v, %d points of trend", e.TTFT50, e.ReqSec, len(e.Trend))
	}
}

func TestReadWhatIsNoRunOrBroken(t *testing.T) {
	dir := t.TempDir()
	if _, found, err := Read(dir); found || err != nil {
		t.Errorf("an empty folder: found %v, %v", found, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, found, err := Read(dir); !found || err == nil {
		t.Errorf("a broken manifest: found %v, %v", found, err)
	}
	if runs, unreadable := Scan(context.Background(), dir); len(runs) != 0 || unreadable != 1 {
		t.Errorf("%d runs, %d unreadable", len(runs), unreadable)
	}
}
