package profiles

import (
	"errors"
	"net/url"
	"strings"
)

// normURL puts http:// before an address without a scheme and checks the rest.
func normURL(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", errors.New("must not be empty")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", errors.New("must not hold blanks")
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "", errors.New("is not a URL such as http://localhost:8000")
	case !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https"):
		return "", errors.New("must begin with http:// or https://")
	case u.Hostname() == "":
		return "", errors.New("names no host")
	}
	if port := u.Port(); port != "" {
		if n, err := readInt(port); err != nil || n < 1 || n > 65535 {
			return "", errors.New("port must be 1 to 65535")
		}
	}
	return s, nil
}
