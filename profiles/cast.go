package profiles

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
)

// asString accepts what a YAML author may write without quotes.
func asString(x any) (string, error) {
	switch x := x.(type) {
	case string:
		return x, nil
	case bool:
		return strconv.FormatBool(x), nil
	case int:
		return strconv.Itoa(x), nil
	case int64:
		return strconv.FormatInt(x, 10), nil
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64), nil
	case json.Number:
		return string(x), nil
	}
	return "", errors.New("must be text")
}

func asBool(x any) (bool, error) {
	switch x := x.(type) {
	case bool:
		return x, nil
	case string:
		return readBool(x)
	}
	return false, errors.New("must be true or false")
}

func asInt(x any) (int, error) {
	switch x := x.(type) {
	case int:
		return x, nil
	case int64:
		return int(x), nil
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return int(x), nil
		}
	case string:
		return readInt(x)
	}
	return 0, errors.New("must be a whole number")
}

func asFloat(x any) (float64, error) {
	switch x := x.(type) {
	case int:
		return float64(x), nil
	case int64:
		return float64(x), nil
	case float64:
		return x, nil
	case string:
		return readFloat(x)
	}
	return 0, errors.New("must be a number")
}

// asStrings accepts a list of texts, or one text for a list of one.
func asStrings(x any) ([]string, error) {
	switch x := x.(type) {
	case string:
		return []string{x}, nil
	case []any:
		list := []string{}
		for _, e := range x {
			// Inside a flow map our YAML parser takes the plain text
			// localhost:8000 of a flow list for a map; YAML does not.
			if o, ok := e.(Object); ok && len(o) == 1 {
				if v, err := asString(o[0].Value); err == nil {
					e = o[0].Key + ":" + v
				}
			}
			s, err := asString(e)
			if err != nil {
				return nil, errors.New("must be a list of texts")
			}
			list = append(list, s)
		}
		return list, nil
	}
	return nil, errors.New("must be a list of texts")
}

// asList accepts a list, or one value for a list of one.
func asList[T any](x any, one func(any) (T, error)) ([]T, error) {
	items, ok := x.([]any)
	if !ok {
		items = []any{x}
	}
	list := []T{}
	for _, e := range items {
		v, err := one(e)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}
