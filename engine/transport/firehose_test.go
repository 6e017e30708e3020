package transport

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// firehoseEnv makes the test binary a server of event streams, so that its CPU
// time is not the client's.
const firehoseEnv = "TRANSPORT_TEST_FIREHOSE"

var benchEvent = "data: " + `{"id":"chatcmpl-0123456789abcdef","object":"chat.completion.chunk","created":1700000000,` +
	`"model":"a-model-of-some-size","choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}` + "\n\n"

// firehose prints its address and serves until its standard input ends. The path
// of a request says how many events it wants and how many to a write.
func firehose() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(l.Addr())
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go pour(conn)
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}

func pour(conn net.Conn) {
	defer conn.Close()
	tuneServer(conn)
	r := bufio.NewReader(conn)
	for {
		req, err := readRequest(r)
		if err != nil {
			return
		}
		var n, per int
		fmt.Sscanf(string(req), "POST /%d/%d ", &n, &per)
		io.WriteString(conn, sseHead)
		batch := []byte(strings.Repeat(chunk(benchEvent), per))
		for ; n > 0; n -= per {
			if _, err := conn.Write(batch[:len(batch)/per*min(per, n)]); err != nil {
				return
			}
		}
		io.WriteString(conn, "0\r\n\r\n")
	}
}

// tuneServer sets what the system's defaults would spoil.
var tuneServer = func(net.Conn) {}
