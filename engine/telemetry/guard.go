package telemetry

import (
	"context"
	"errors"
)

// guard keeps a source that does not obey its context from holding anybody up: a
// call into a driver cannot be called off. While one hangs the source counts as
// silent and is not asked again.
type guard struct {
	GPUSource
	pending chan answer // of the call under way
}

type answer struct {
	got GPUReading
	err error
}

var errHangs = errors.New("the driver does not answer")

func guarded(s GPUSource) *guard { return &guard{GPUSource: s} }

// Read implements GPUSource.
func (g *guard) Read(ctx context.Context) (GPUReading, error) {
	if g.pending != nil {
		select {
		case <-g.pending: // an answer to a question of long ago
			g.pending = nil
		default:
			return GPUReading{}, errHangs
		}
	}
	ch := make(chan answer, 1)
	go func() {
		got, err := g.GPUSource.Read(ctx)
		ch <- answer{got, err}
	}()
	select {
	case r := <-ch:
		return r.got, r.err
	case <-ctx.Done():
		g.pending = ch
		return GPUReading{}, errHangs
	}
}

// Close implements GPUSource. A source in which a call hangs is left as it is:
// closing it would hang too.
func (g *guard) Close() {
	if g.pending != nil {
		select {
		case <-g.pending:
		default:
			return
		}
	}
	g.GPUSource.Close()
}
