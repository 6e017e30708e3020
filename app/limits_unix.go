//go:build unix

package app

import (
	"fmt"
	"syscall"

	"tacho/profiles"
)

// spareFiles is how many files this program has open besides its connections.
const spareFiles = 40

// openFiles warns of a load that needs more connections than the process may
// open; Go has raised the soft limit to the hard one already.
func openFiles(p *profiles.Profile) string {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return ""
	}
	for i := range p.Phases {
		if n := p.Phases[i].Concurrency.V; uint64(n)+spareFiles > uint64(limit.Cur) {
			return fmt.Sprintf("%d requests in flight need as many connections, but this process may open %d files: raise it with ulimit -n", n, limit.Cur)
		}
	}
	return ""
}
