package profiles

import (
	"reflect"
	"slices"
	"strings"
)

func joinKey(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// fieldOf finds a struct field by its key.
func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	t := v.Type()
	for i := range t.NumField() {
		if t.Field(i).Anonymous {
			if f, ok := fieldOf(v.Field(i), key); ok {
				return f, true
			}
		} else if k, _ := keyOf(t.Field(i)); k == key && k != "" {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// keysOf lists the keys a map may have here: those of the struct and those
// that are known but not available.
func keysOf(v reflect.Value, path string) []string {
	var keys []string
	t := v.Type()
	for i := range t.NumField() {
		if k, _ := keyOf(t.Field(i)); k != "" {
			keys = append(keys, k)
		}
	}
	parent := path[:strings.LastIndex(path, ".")+1]
	for k := range byKey {
		if rest, ok := strings.CutPrefix(k, parent); ok {
			rest, _, _ = strings.Cut(rest, ".")
			if !slices.Contains(keys, rest) {
				keys = append(keys, rest)
			}
		}
	}
	return sorted(keys)
}

// fieldAt finds the option of a path; settings of a warm-up that no warm-up
// option sets are checked as those of the measured phase are.
func fieldAt(path string) *Field {
	if f := byKey[path]; f != nil {
		return f
	}
	return byKey[strings.Replace(path, "phases.warmup.", "phases.profiling.", 1)]
}

// laterAt finds the unavailable option a key belongs to: the key itself, a
// section that holds one, or something inside one.
func laterAt(path string) *Field {
	path = strings.Replace(path, "phases.warmup.", "phases.profiling.", 1)
	if i := strings.LastIndexByte(path, '.'); strings.HasPrefix(path, "phases.") && strings.HasPrefix(path[i+1:], "adaptive_") {
		path = "phases.profiling.adaptive_scale" // which all of these belong to
	}
	if f := byKey[path]; f != nil && f.Refuse != "" {
		return f
	}
	for _, f := range Fields { // table order, so that the answer is always the same
		if f.Refuse != "" && f.Key != "" && (strings.HasPrefix(f.Key, path+".") || strings.HasPrefix(path, f.Key+".")) {
			return f
		}
	}
	return nil
}

// nearKey is didYouMean for keys, in the spelling the file uses.
func nearKey(key string, keys []string) string {
	near := nearest(snake(key), keys)
	if near == "" {
		return ""
	}
	if key != snake(key) {
		near = camel(near)
	}
	return "; did you mean " + near + "?"
}
