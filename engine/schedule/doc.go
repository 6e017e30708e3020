// Package schedule says when requests are due: arrival processes for an open
// loop, as offsets from the start of a phase. It sends nothing and knows no
// clock.
package schedule

import "time"

// Arrivals yields the due times of one phase, as offsets from its start in
// ascending order. Times are absolute: a late send never moves the ones after
// it. One goroutine may call Next.
type Arrivals interface {
	// Next returns the next due time; false when the process has ended.
	Next() (time.Duration, bool)
}
