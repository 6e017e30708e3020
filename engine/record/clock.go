package record

import "time"

// base is the process epoch. Every *NS field that is not called wall is a
// monotonic offset from it, so no clock step can bend a duration.
var (
	base     = time.Now()
	baseWall = base.UnixNano()
)

// Now returns monotonic nanoseconds since the process epoch.
func Now() int64 { return int64(time.Since(base)) }

// At converts a time that carries a monotonic reading, such as one taken by
// time.Now, to nanoseconds since the process epoch.
func At(t time.Time) int64 { return int64(t.Sub(base)) }

// Wall converts monotonic nanoseconds since the process epoch to Unix
// nanoseconds. The wall clock was read once, at start: two converted times
// differ by exactly what the monotonic clock saw between them.
func Wall(ns int64) int64 { return baseWall + ns }

// Mono is the inverse of Wall.
func Mono(unixNS int64) int64 { return unixNS - baseWall }
