package tui

import (
	"encoding/base64"
	"errors"
)

// maxClip bounds what is copied: terminals cut off, or refuse, longer ones. In
// base64 it stays below maxCtl.
const maxClip = 47 << 10

var (
	errClipLong  = errors.New("too much to copy: filter or zoom first")
	errClipStuck = errors.New("the terminal takes no output now")
)

// Clip puts text into the clipboard of the terminal, through ssh and tmux where
// they let it (OSC 52).
func (d *DiffWriter) Clip(text string) error {
	if len(text) > maxClip {
		return errClipLong
	}
	return d.Pass("\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\a")
}

// Pass sends a sequence that draws nothing to the terminal untouched, before
// the next frame.
func (d *DiffWriter) Pass(seq string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err != nil {
		return d.err
	}
	if len(d.ctl)+len(seq) > maxCtl {
		return errClipStuck
	}
	d.pass(seq)
	d.moved.Broadcast()
	return nil
}
