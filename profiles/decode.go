package profiles

import (
	"errors"
	"regexp"
)

func decode(name string, b []byte, env Env, o *Origins) (*Profile, Problems) { return New(), nil }

func readDatasetType(s string) (string, error) {
	switch s {
	case "synthetic":
		return s, nil
	case "file", "public":
		return "", errors.New("is a kind of dataset that is not built yet; use synthetic")
	}
	return "", errors.New("must be synthetic")
}

var phaseName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

func readPhaseName(s string) (string, error) {
	if !phaseName.MatchString(s) {
		return "", errors.New("must be letters, digits, - and _, and not begin with a digit")
	}
	return s, nil
}

func readPhaseKind(s string) (string, error) { return pick(s, []string{KindWarmup, KindProfiling}, asTyped) }
