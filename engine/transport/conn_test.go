package transport

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"tacho/engine/record"
)

// stampedPair is a stamped connection with its own axis and counters, and the
// other end.
func stampedPair(t *testing.T) (*Conn, net.Conn, *axis) {
	t.Helper()
	c := newClient(t, Options{}) // switches stamping on
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tcp, err := c.dialer.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	a := newAxis()
	s, err := wrap(tcp.(*net.TCPConn), a, new(shard))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); peer.Close() })
	s.ex.Store(new(exchange))
	return s, peer, a
}

// kernelStamps says whether this system stamps; where it does not, tests expect
// user times.
func kernelStamps(t testing.TB) bool {
	return newClient(t, Options{}).ClockSource() != userSource
}

func TestLateReaderHasTheStamp(t *testing.T) {
	s, peer, _ := stampedPair(t)
	b := make([]byte, 10)
	// The kernel switches stamping on a little after the first socket asks.
	for range 20 {
		peer.Write([]byte("x"))
		s.Read(b)
		if s.ex.Load().stamped.Load() {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	before := record.Now()
	peer.Write([]byte("x"))
	after := record.Now()
	time.Sleep(30 * time.Millisecond)
	if n, err := s.Read(b); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	x := s.ex.Load()
	k, u := x.kernel.Load(), x.user.Load()
	if !kernelStamps(t) {
		if k != u || x.stamped.Load() {
			t.Errorf("no kernel stamps, but %d and %d", k, u)
		}
		return
	}
	// On loopback the stamp is made inside of the peer's write; the offset of
	// the clocks is good to some microseconds.
	if k < before-int64(time.Millisecond) || k > after+int64(time.Millisecond) {
		t.Errorf("stamp %v before, %v after the write", time.Duration(before-k), time.Duration(k-after))
	}
	if late := time.Duration(u - k); late < 25*time.Millisecond || x.lateNS.Load() < int64(late) {
		t.Errorf("lateness %v, largest %v", late, time.Duration(x.lateNS.Load()))
	}
}

func TestStepAndRefusalOnAConnection(t *testing.T) {
	s, peer, a := stampedPair(t)
	read := func() {
		t.Helper()
		peer.Write([]byte("x"))
		if _, err := s.Read(make([]byte, 10)); err != nil {
			t.Fatal(err)
		}
	}
	if !kernelStamps(t) {
		read()
		if s.shard.unstamped.Load() != 1 {
			t.Error("a read without a stamp was not counted")
		}
		return
	}
	for range 20 {
		if read(); s.ex.Load().stamped.Load() {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	a.off.Add(int64(5 * time.Second))
	read()
	if k, u := s.ex.Load().kernel.Load(), s.ex.Load().user.Load(); a.steps.Load() != 1 || u-k > int64(time.Second) || u < k {
		t.Errorf("after a step: %d steps, lateness %v", a.steps.Load(), time.Duration(u-k))
	}
	s.floor = record.Now() + int64(time.Hour) // as if the wall clock had been set back meanwhile
	read()
	x := s.ex.Load()
	if s.shard.refused.Load() != 1 || x.kernel.Load() != x.user.Load() || x.stamped.Load() {
		t.Errorf("an impossible stamp: %d refused, stamped %v", s.shard.refused.Load(), x.stamped.Load())
	}
}

func TestConnErrors(t *testing.T) {
	s, peer, _ := stampedPair(t)
	s.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err := s.Read(make([]byte, 1))
	if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error %v, want a timeout", err)
	}
	if op, ok := errors.AsType[*net.OpError](err); !ok || op.Op != "read" || op.Addr.String() != peer.LocalAddr().String() {
		t.Errorf("error %v, want one of a read", err)
	}
	s.SetReadDeadline(time.Time{})
	if n, err := s.Read(nil); n != 0 || err != nil {
		t.Errorf("an empty read: %d, %v", n, err)
	}
	peer.Close()
	if _, err := s.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("error %v, want EOF", err)
	}
	s.Close()
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("error %v, want a closed connection", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second close: %v", err)
	}
}

// A head is not held for a connection that has closed: net/http would take it
// for written and give the request up instead of sending it on another one.
func TestClosedConnectionTakesNoHead(t *testing.T) {
	s, _, _ := stampedPair(t)
	x := s.ex.Load()
	newRequestBody([]byte("body"), x, newLent())
	if n, err := s.Write([]byte("head")); n != 4 || err != nil || x.writes.Load() != 0 {
		t.Fatalf("an open connection: %d, %v, %d writes; want the head held", n, err, x.writes.Load())
	}
	s.serves, s.head = nil, nil
	s.Close()
	if n, err := s.Write([]byte("head")); n != 0 || !errors.Is(err, net.ErrClosed) {
		t.Errorf("a closed connection: %d, %v; want nothing written", n, err)
	}
}

// What the first attempt of a request left behind is gone when a second
// connection takes it.
func TestRetryStartsOver(t *testing.T) {
	first, _, _ := stampedPair(t)
	second, _, _ := stampedPair(t)
	x := &exchange{startNS: 1}
	x.bind(first, true, true)
	x.write(10, 11)
	x.read(arrival{20, 25, false})
	x.sent.Store(true)
	x.bind(second, true, false)
	if first.ex.Load() == x || second.ex.Load() != x {
		t.Error("the first connection still serves the request")
	}
	x.write(30, 31)
	x.read(arrival{40, 41, true})
	var tr Trace
	x.copyTo(&tr)
	if tr.WroteFirstNS != 30 || tr.WroteEndNS != 31 || tr.FirstByteNS != 40 || tr.ReadLateNS != 1 || !tr.Kernel || tr.Writes != 1 || tr.Attempts != 2 || tr.Reused {
		t.Errorf("%+v, want the second attempt alone", tr)
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	s, peer, _ := stampedPair(t)
	b, x := make([]byte, 10), []byte("x")
	if n := testing.AllocsPerRun(100, func() {
		peer.Write(x)
		s.Read(b)
	}); n > 0 {
		t.Errorf("%v allocations per read", n)
	}
}

func TestRecordsStopAtRecordEnds(t *testing.T) {
	var stream []byte
	for _, n := range []int{1, 0, 300, 5, 16384} {
		stream = append(stream, 23, 3, 3, byte(n>>8), byte(n))
		stream = append(stream, make([]byte, n)...)
	}
	for _, most := range []int{1, 3, 7, 1 << 20} {
		var r records
		ends := map[int]bool{0: true}
		for at := 0; at < len(stream); {
			n := min(r.limit(most), len(stream)-at)
			if n <= 0 {
				t.Fatalf("reads of %d: limit %d at %d", most, n, at)
			}
			r.seen(stream[at : at+n])
			at += n
			if r.left == 0 && r.have == 0 {
				ends[at] = true
			}
		}
		for _, end := range []int{6, 11, 316, 326, len(stream)} {
			if !ends[end] {
				t.Errorf("reads of %d passed the record's end at %d", most, end)
			}
		}
	}
}
