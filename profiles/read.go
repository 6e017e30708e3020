package profiles

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The readers below turn the text of an option into a value. Their errors say
// the rule alone; who was at fault and with what is added by the caller.

func readText(s string) (string, error) {
	if s == "" {
		return "", errors.New("must not be empty")
	}
	return readAnyText(s)
}

// readAnyText is for settings in which an empty text means something.
func readAnyText(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", errors.New("must be UTF-8")
	}
	if strings.ContainsFunc(s, isControl) {
		return "", errors.New("must not hold control characters")
	}
	return s, nil
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func readBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, errors.New("must be true or false")
}

func readInt(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if errors.Is(err, strconv.ErrRange) {
		return 0, errors.New("is too large a number")
	}
	if err != nil {
		return 0, errors.New("must be a whole number")
	}
	return n, nil
}

func readFloat(s string) (float64, error) {
	s = strings.TrimSpace(s)
	f, err := strconv.ParseFloat(s, 64)
	// ParseFloat also takes hexadecimal and 1_000, which no other reader of
	// these values does.
	if errors.Is(err, strconv.ErrRange) {
		return 0, errors.New("is too large a number")
	}
	if err != nil || strings.ContainsAny(s, "xX_") {
		return 0, errors.New("must be a number")
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, errors.New("must be a finite number")
	}
	return f, nil
}

// readWhole reads a whole number that is kept as a float, such as a mean.
func readWhole(s string) (float64, error) {
	n, err := readInt(s)
	return float64(n), err
}

// durationUnits are the suffixes AIPerf accepts, longest first.
var durationUnits = []struct {
	suffix  string
	seconds float64
}{{"hour", 3600}, {"sec", 1}, {"min", 60}, {"hr", 3600}, {"s", 1}, {"m", 60}, {"h", 3600}}

// readSeconds reads 30, 2.5, 30s, 5m or 2h as seconds.
func readSeconds(s string) (float64, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	factor := 1.0
	for _, u := range durationUnits {
		if rest, ok := strings.CutSuffix(text, u.suffix); ok {
			text, factor = strings.TrimSpace(rest), u.seconds
			break
		}
	}
	f, err := readFloat(text)
	if err != nil {
		if strings.HasPrefix(err.Error(), "must be a number") {
			err = errors.New("must be seconds, or a time such as 30s, 5m or 2h")
		}
		return 0, err
	}
	if f *= factor; math.IsInf(f, 0) {
		return 0, errors.New("is too large a number")
	}
	return f, nil
}

// readGrace reads seconds or inf.
func readGrace(s string) (float64, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "inf", "infinity":
		return math.Inf(1), nil
	}
	f, err := readSeconds(s)
	if err != nil && strings.HasPrefix(err.Error(), "must be seconds") {
		err = errors.New("must be seconds, a time such as 30s, or inf")
	}
	return f, err
}

// coerce gives a bare word its type the way AIPerf does: true, none, 12, 1.5;
// anything else, also 1e3, 007 and +1, stays text.
func coerce(s string) any {
	switch strings.ToLower(s) {
	case "true":
		return true
	case "false":
		return false
	case "none", "null":
		return nil
	}
	body := strings.TrimPrefix(s, "-")
	if isDigits(body) && (body == "0" || body[0] != '0') {
		if n, err := strconv.Atoi(s); err == nil {
			return n
		}
		return s
	}
	if whole, part, ok := strings.Cut(body, "."); ok && isDigits(whole+part) {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
	}
	return s
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// ReadSeconds reads a time as the options do: 30, 2.5, 30s, 5m or 2h.
func ReadSeconds(s string) (float64, error) { return readSeconds(s) }
