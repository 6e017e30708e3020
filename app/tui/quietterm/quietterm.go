// Package quietterm keeps the terminal library from asking the terminal for its
// background colour while the program starts. That question blocks for up to
// five seconds where nothing answers, costs a round trip over a slow line, and
// is asked in a package initialiser, before main, even for --version.
//
// The library asks nothing of a TERM of "dumb". So TERM is masked here, during
// initialisation, and restored by the first package that needs it (see
// Restore). The order is that of the language: packages are initialised by
// import path as soon as their imports are. This one imports only syscall, so it
// is ready before package time is, and everything that could ask needs time.
// Importing it anywhere in the program is enough; a test looks at the bytes.
package quietterm

import "syscall"

var term, had = mask()

func mask() (string, bool) {
	term, had := syscall.Getenv("TERM")
	if had {
		_ = syscall.Setenv("TERM", "dumb") // fails only for malformed keys
	}
	return term, had
}

// Restore gives TERM back its value. It is to be called once, from an
// initialiser of a package that imports the terminal library, which has then
// been initialised.
func Restore() {
	if had {
		_ = syscall.Setenv("TERM", term)
	}
}
