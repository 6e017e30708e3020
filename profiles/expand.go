package profiles

import (
	"fmt"
	"regexp"
	"strings"
)

var envVar = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}`)

// expand replaces ${VAR} and ${VAR:default} in all texts below n and reports
// variables that are missing.
func expand(n *node, lookup func(string) (string, bool), fail func(*node, error)) {
	for _, e := range n.keys {
		expand(e.val, lookup, fail)
	}
	for _, it := range n.items {
		expand(it, lookup, fail)
	}
	s, ok := n.scalar.(string)
	if !ok {
		return
	}
	n.scalar = envVar.ReplaceAllStringFunc(s, func(ref string) string {
		m := envVar.FindStringSubmatch(ref)
		if v, ok := lookup(m[1]); ok {
			return v
		}
		if strings.Contains(ref, ":") {
			return m[2]
		}
		fail(n, fmt.Errorf("environment variable %s is not set; ${%s:default} would give it a default", m[1], m[1]))
		return ""
	})
}
