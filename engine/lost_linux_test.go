package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"tacho/engine/record"
	"tacho/engine/simserver"
	"tacho/engine/transport"
)

func key(host, port, secure string) string {
	return "ConnectionKey(host='" + host + "', port=" + port + ", is_ssl=" + secure +
		", ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None, server_hostname=None)"
}

// The texts are those of real AIPerf 0.13 runs against the same faults.
func TestTransportFailures(t *testing.T) {
	dial := func(ip string, no syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.ParseIP(ip), Port: 18741}, Err: os.NewSyscallError("connect", no)}
	}
	read := func(no syscall.Errno) error {
		return &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("recvmsg", no)}
	}
	const http1 = "http://127.0.0.1:18741/v1/chat/completions"
	for name, c := range map[string]struct {
		resp   transport.Response
		target string
		want   record.Failure
	}{
		"timeout": {transport.Response{Kind: record.ErrTimeout}, http1,
			record.Failure{Type: "TimeoutError", Message: "TimeoutError()", Cause: "CancelledError()", CauseChain: []string{"TimeoutError", "CancelledError"}}},
		"refused": {transport.Response{Kind: record.ErrRefused, Err: dial("127.0.0.1", syscall.ECONNREFUSED)}, "http://localhost:18741/v1",
			record.Failure{
				Type:       "ClientConnectorError",
				Message:    "ClientConnectorError(" + key("localhost", "18741", "False") + `, ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 18741)"))`,
				Cause:      `ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 18741)")`,
				CauseChain: []string{"ClientConnectorError", "ConnectionRefusedError"},
			}},
		"refused over IPv6": {transport.Response{Kind: record.ErrRefused, Err: dial("::1", syscall.ECONNREFUSED)}, "http://[::1]:18741/v1",
			record.Failure{
				Type:       "ClientConnectorError",
				Message:    "ClientConnectorError(" + key("::1", "18741", "False") + `, ConnectionRefusedError(111, "Connect call failed ('::1', 18741, 0, 0)"))`,
				Cause:      `ConnectionRefusedError(111, "Connect call failed ('::1', 18741, 0, 0)")`,
				CauseChain: []string{"ClientConnectorError", "ConnectionRefusedError"},
			}},
		"unreachable": {transport.Response{Kind: record.ErrConnect, Err: dial("255.255.255.255", syscall.ENETUNREACH)}, "http://255.255.255.255/v1",
			record.Failure{
				Type:       "ClientConnectorError",
				Message:    "ClientConnectorError(" + key("255.255.255.255", "80", "False") + ", OSError(101, 'Network is unreachable'))",
				Cause:      "OSError(101, 'Network is unreachable')",
				CauseChain: []string{"ClientConnectorError", "OSError"},
			}},
		"no such name": {transport.Response{Kind: record.ErrDNS, Err: &net.DNSError{Name: "x.invalid", IsNotFound: true}}, "https://x.invalid/v1",
			record.Failure{
				Type:       "ClientConnectorDNSError",
				Message:    "ClientConnectorDNSError(" + key("x.invalid", "443", "True") + ", gaierror(-2, 'Name or service not known'))",
				Cause:      "gaierror(-2, 'Name or service not known')",
				CauseChain: []string{"ClientConnectorDNSError", "gaierror"},
			}},
		"no resolver": {transport.Response{Kind: record.ErrDNS, Err: &net.DNSError{Name: "x", IsTemporary: true}}, "http://x:1/v1",
			record.Failure{
				Type:       "ClientConnectorDNSError",
				Message:    "ClientConnectorDNSError(" + key("x", "1", "False") + ", gaierror(-3, 'Temporary failure in name resolution'))",
				Cause:      "gaierror(-3, 'Temporary failure in name resolution')",
				CauseChain: []string{"ClientConnectorDNSError", "gaierror"},
			}},
		"unknown authority": {transport.Response{Kind: record.ErrTLS, Err: &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}}, "https://127.0.0.1:18741/v1",
			record.Failure{
				Type: "ClientConnectorCertificateError",
				Message: "ClientConnectorCertificateError(" + key("127.0.0.1", "18741", "True") +
					", SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate signed by unknown authority'))",
				Cause:      "SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate signed by unknown authority')",
				CauseChain: []string{"ClientConnectorCertificateError", "SSLCertVerificationError"},
			}},
		"tls alert": {transport.Response{Kind: record.ErrTLS, Err: errors.New("tls: handshake failure")}, "https://127.0.0.1:18741/v1",
			record.Failure{
				Type:       "ClientConnectorSSLError",
				Message:    "ClientConnectorSSLError(" + key("127.0.0.1", "18741", "True") + ", SSLError(1, 'tls: handshake failure'))",
				Cause:      "SSLError(1, 'tls: handshake failure')",
				CauseChain: []string{"ClientConnectorSSLError", "SSLError"},
			}},
		"reset": {transport.Response{Kind: record.ErrReset, Err: read(syscall.ECONNRESET)}, http1,
			record.Failure{
				Type: "ClientOSError", Message: "ClientOSError(104, 'Connection reset by peer')",
				Cause: "ConnectionResetError(104, 'Connection reset by peer')", CauseChain: []string{"ClientOSError", "ConnectionResetError"},
			}},
		"closed": {transport.Response{Kind: record.ErrReset, Err: io.EOF}, http1,
			record.Failure{Type: "ServerDisconnectedError", Message: "ServerDisconnectedError('Server disconnected')", CauseChain: []string{"ServerDisconnectedError"}}},
		"cut in a chunk": {transport.Response{Kind: record.ErrCutStream, Err: fmt.Errorf("read stream: %w", io.ErrUnexpectedEOF)}, http1,
			record.Failure{
				Type:       "ClientPayloadError",
				Message:    `ClientPayloadError("Response payload is not completed: <TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>")`,
				Cause:      "<TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>",
				CauseChain: []string{"ClientPayloadError", "TransferEncodingError"},
			}},
		"reset short of its length": {
			transport.Response{
				Kind: record.ErrCutStream, Err: read(syscall.ECONNRESET), Header: http.Header{"Content-Length": {"470"}},
				Trace: transport.Trace{BytesReceived: 235},
			}, http1,
			record.Failure{
				Type: "ClientPayloadError",
				Message: `ClientPayloadError("Response payload is not completed: <ContentLengthError: 400, message='Not enough data to satisfy content length header (received 235 of 470 bytes).'>` +
					`. ConnectionResetError(104, 'Connection reset by peer')")`,
				Cause:      "<ContentLengthError: 400, message='Not enough data to satisfy content length header (received 235 of 470 bytes).'>",
				CauseChain: []string{"ClientPayloadError", "ContentLengthError"},
			},
		},
	} {
		got := transportFailure(&c.resp, c.target)
		c.want.Kind = c.resp.Kind
		if got.Kind != c.want.Kind || got.Type != c.want.Type || got.Message != c.want.Message || got.Cause != c.want.Cause ||
			!slices.Equal(got.CauseChain, c.want.CauseChain) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, *got, c.want)
		}
	}
}

// What the simulator does on the wire reaches the texts.
func TestFaultsInAIPerfsWords(t *testing.T) {
	want := map[string]string{
		"reset": "ClientOSError(104, 'Connection reset by peer')",
		"close": "ServerDisconnectedError('Server disconnected')",
		"cut":   `ClientPayloadError("Response payload is not completed: <TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>")`,
		"cut-reset": `ClientPayloadError("Response payload is not completed: <TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>` +
			`. ConnectionResetError(104, 'Connection reset by peer')")`,
		"empty-200":   "InvalidInferenceResultError('Invalid inference result: No responses were received')",
		"error-event": "SSEResponseError('Error occurred in SSE response: simulated comment text')",
	}
	for fault, message := range want {
		cfg := simserver.Fast()
		cfg.Faults = []simserver.FaultRule{{Name: fault, Percent: 100}}
		cfg.Limits.Stall = 20 * time.Millisecond
		b := newBench(t, cfg, PhasePlan{Concurrency: 1, Requests: 1})
		b.run(t, t.Context(), NewControl())
		if len(b.sink.list) != 1 || b.sink.list[0].Err == nil {
			t.Fatalf("%s: %d rows, want a failed one", fault, len(b.sink.list))
		}
		f := b.sink.list[0].Err
		if f.Message != message || len(f.CauseChain) == 0 || f.CauseChain[0] != f.Type {
			t.Errorf("%s: %+v\nwant %s", fault, f, message)
		}
	}
}
