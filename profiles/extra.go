package profiles

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Extra are additional request body fields, in the order given.
type Extra Object

func (e *Extra) tree() any { return Object(*e) }

func (e *Extra) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		return errors.New("must be a map of body field to value")
	}
	if len(withoutInfinite(o)) != len(o) {
		return errors.New("must not hold numbers that are not finite")
	}
	*e = Extra(o)
	return nil
}

// readExtra reads key:value items, split at commas, or JSON objects. Values of
// items are given their type; a key given again replaces the value.
func readExtra(args []string) (Extra, error) {
	var o Object
	for _, arg := range args {
		if !utf8.ValidString(arg) {
			return nil, errors.New("must be UTF-8")
		}
		if strings.HasPrefix(strings.TrimSpace(arg), "{") {
			more, err := readObject(arg)
			if err != nil {
				return nil, err
			}
			for _, m := range more {
				o.put(m.Key, m.Value)
			}
			continue
		}
		for item := range strings.SplitSeq(arg, ",") {
			parts := strings.Split(item, ":")
			switch {
			case len(parts) > 2:
				return nil, fmt.Errorf("%q has more than one colon; give such a value as one JSON object", item)
			case len(parts) < 2 || strings.TrimSpace(parts[0]) == "":
				return nil, fmt.Errorf("%q is not of the form key:value, as in temperature:0.7, nor a JSON object", item)
			}
			o.put(strings.TrimSpace(parts[0]), coerce(strings.TrimSpace(parts[1])))
		}
	}
	return Extra(o), nil
}
