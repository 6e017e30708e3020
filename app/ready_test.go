package app

import (
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server that takes connections and answers nothing, as one does that loads its
// model: no question to it outlasts the wait.
func TestWaitForAServerThatHangs(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // the kernel takes the connections
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	start := time.Now()
	r := tacho(t, "profile", "--model", "mock", "--url", "http://"+l.Addr().String(), "--wait-for-model-timeout", "1",
		"--request-count", "1", "--artifact-dir", filepath.Join(t.TempDir(), "run"))
	if r.code != 1 || !strings.Contains(r.stderr, "not ready within 1s: no answer came") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}
