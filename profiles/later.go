package profiles

import (
	"slices"
	"strings"
)

// row is an option that is known by name only.
type row struct {
	// names are all its names with dashes, main name first.
	names    string
	negative string
	kind     string
	def      string // a value equal to it asks for nothing and is let through
	list     ListKind
	tier     byte
	key      string
	help     string
}

// laterFields are AIPerf's options that cannot be used, with the reason why.
func laterFields() []*Field {
	return slices.Concat(datasetLater(), loadLater(), multirunLater(), serviceLater())
}

// later makes the options of a group that share a reason.
func later(group, why string, rows ...row) []*Field {
	var fields []*Field
	for _, r := range rows {
		f := &Field{Group: group, Refuse: why, Type: r.kind, Default: r.def, Negative: r.negative, List: r.list, Tier: r.tier, Key: r.key, Help: r.help}
		for _, n := range strings.Fields(r.names) {
			switch long, ok := strings.CutPrefix(n, "--"); {
			case !ok:
				f.Short = n[1:]
			case f.Flag == "":
				f.Flag = long
			default:
				f.Aliases = append(f.Aliases, long)
			}
		}
		fields = append(fields, f)
	}
	return fields
}
