// Tape records the screen of a demo on a terminal of 100 by 30: from the top of
// the repository,
//
//	make tape
//
// writes testdata/tape/demo.cast, which asciinema plays. The README begins with
// its picture at second 20; a test compares them and prints what should stand
// there.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/creack/pty"
)

// Where the tape lies, and its size.
const (
	cast          = "testdata/tape/demo.cast"
	width, height = 100, 30
)

func main() {
	if err := record(); err != nil {
		fmt.Fprintln(os.Stderr, "tape:", err)
		os.Exit(1)
	}
}

func record() error {
	work, err := os.MkdirTemp("", "tape")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	program := filepath.Join(work, "tacho")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, out)
	}
	cmd := exec.Command(program, "demo", "--record", cast, "--fps", "2", "--artifact-dir", filepath.Join(work, "run"))
	cmd.Env = []string{"TERM=xterm-256color", "LANG=C.UTF-8", "HOME=" + work, "XDG_RUNTIME_DIR=" + work, "PATH=" + os.Getenv("PATH")}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: width, Rows: height})
	if err != nil {
		return err
	}
	defer tty.Close()
	go io.Copy(io.Discard, tty) // ends with the program
	for _, step := range []struct {
		after time.Duration
		keys  string
	}{{12 * time.Second, "+"}, {10 * time.Second, "2"}, {3 * time.Second, "h"}, {3 * time.Second, "q"}, {time.Second, "s"}} {
		time.Sleep(step.after)
		if _, err := tty.WriteString(step.keys); err != nil {
			return err
		}
	}
	return cmd.Wait()
}
