package engine

import (
	"context"
	"testing"
	"testing/synctest"
)

// TestLineGoesOnToTheLastRequest: while a due time is being placed it counts as
// waiting and as issued, so the phase looks fuller than it is. Who asks in that
// moment whether to go on must hear when it is over.
func TestLineGoesOnToTheLastRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ph := newPhase(&PhasePlan{Requests: 2, Concurrency: 1}, 0)
		issuing, halt := context.WithCancel(t.Context())
		defer halt()
		ph.sending, ph.issuing = issuing, issuing
		issued, handed := make(chan struct{}), make(chan struct{})
		l := newLine(ph, 4, func(int) bool {
			ph.issued.Add(1)
			issued <- struct{}{}
			<-handed
			return true
		})
		l.put(1)
		<-issued
		more := make(chan bool, 1)
		go func() { more <- l.enough() }()
		synctest.Wait() // it waits by now
		handed <- struct{}{}
		synctest.Wait()
		select {
		case ok := <-more:
			if !ok {
				t.Error("one request is left, and the line says that all are under way")
			}
		default:
			t.Error("one of two requests is issued, none waits, and the schedule stands still for ever")
			halt()
		}
		l.end()
	})
}
