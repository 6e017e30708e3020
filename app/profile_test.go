package app

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// Why a server names no model decides what to try.
func TestWhatToTryWithoutAModel(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("%w 401 Unauthorized", errUnauthorized), "--api-key"},
		{fmt.Errorf("dial: %w", syscall.ECONNREFUSED), "is the server up?"},
		{errors.New("tls: failed to verify certificate: x509: unknown authority"), "--ca-file"},
		{errors.New("answer is not a list of models"), "name one:"},
	} {
		if got := unnamedHint(c.err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
