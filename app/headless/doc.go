// Package headless tells a run in plain lines of text, without control codes,
// for pipes, logs and screen readers. It looks at the same snap.Source as the
// interactive screen.
package headless
