// Package tui is the interactive screen. It looks at a snap.Source at its own
// rate and never holds it up: a slow or lost terminal slows or ends the screen
// and nothing else.
package tui

import "tacho/app/tui/quietterm"

func init() { quietterm.Restore() }
