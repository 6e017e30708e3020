package simserver

import "tacho/engine/record"

// now returns nanoseconds on the axis of package record.
func now() int64 { return record.Now() }

// wall converts them to Unix nanoseconds for the truth log: two logged times
// differ by what the monotonic clock saw between them.
func wall(ns int64) int64 { return record.Wall(ns) }

// baseWall is when the process began, in Unix nanoseconds.
var baseWall = record.Wall(0)
