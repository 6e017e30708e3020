// Package search finds the largest load that holds a limit from probes that are
// noisy: it brackets by doubling, halves the bracket, and repeats the probes at
// its edge until they agree. It knows nothing of how a probe is made, and the
// same probes always lead to the same next one, so a search goes on from a list
// of those made before.
package search
