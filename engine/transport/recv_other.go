//go:build !(linux && (amd64 || arm64))

package transport

import (
	"errors"
	"io"
)

// stampSource names where the stamps come from.
const stampSource = userSource

type recvState struct{}

func (c *Conn) initRecv() {}

// recv reads into b. There is no kernel stamp here.
func (c *Conn) recv(b []byte) (n int, wall int64, err error) {
	n, err = c.Conn.Read(b)
	return n, 0, err
}

func stampSocket(uintptr) error { return errors.ErrUnsupported }

func holdStamps() (io.Closer, error) { return nil, errors.ErrUnsupported }
