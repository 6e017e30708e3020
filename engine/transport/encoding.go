package transport

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"strings"

	"tacho/engine/record"
)

// No answer is asked to be compressed, but a proxy may do so all the same. It is
// unpacked then, as AIPerf's client does: an event has the stamp of the read that
// brought the last of it.

// unpack makes the body of resp what its Content-Encoding was put on. It reports
// whether there was one.
func unpack(resp *http.Response) (packed bool, err error) {
	var open func(io.Reader) (io.Reader, error)
	switch name := strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))); name {
	case "", "identity":
		return false, nil
	case "gzip", "x-gzip":
		open = func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	case "deflate":
		open = openDeflate
	default:
		return true, &KindError{record.ErrBadStream, fmt.Errorf("the answer is packed with %q, which nobody asked for and is not known here", name)}
	}
	resp.Body = &unpacked{ReadCloser: resp.Body, open: open}
	return true, nil
}

// openDeflate reads what the name means, zlib's format, and what some servers
// take it for, the bare stream.
func openDeflate(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// unpacked is a packed body. It reads nothing before the first Read.
type unpacked struct {
	io.ReadCloser
	open func(io.Reader) (io.Reader, error)
	from io.Reader // nil before the first
	err  error
}

// Read unpacks. What is no packed stream is the server's fault, not the
// connection's.
func (u *unpacked) Read(b []byte) (n int, err error) {
	if u.from == nil && u.err == nil {
		u.from, u.err = u.open(u.ReadCloser)
	}
	if u.err != nil {
		return 0, unpackError(u.err)
	}
	n, err = u.from.Read(b)
	if err == io.EOF { // to the end of the answer, or its connection is lost
		io.Copy(io.Discard, io.LimitReader(u.ReadCloser, drainBytes))
	}
	return n, unpackError(err)
}

func unpackError(err error) error {
	_, corrupt := err.(flate.CorruptInputError)
	switch {
	case corrupt, err == gzip.ErrHeader, err == gzip.ErrChecksum, err == zlib.ErrHeader, err == zlib.ErrChecksum, err == zlib.ErrDictionary:
		return &KindError{record.ErrBadStream, fmt.Errorf("unpack the answer: %w", err)}
	}
	return err
}
