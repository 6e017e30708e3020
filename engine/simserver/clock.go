package simserver

import "time"

// base is the one anchor of this process. Times inside the package are
// monotonic nanoseconds since base; wall converts them for the truth log, so
// that two logged times differ by what the monotonic clock saw between them.
var (
	base     = time.Now()
	baseWall = base.UnixNano()
)

// now returns monotonic nanoseconds since the anchor.
func now() int64 { return int64(time.Since(base)) }

// wall converts nanoseconds since the anchor to Unix nanoseconds.
func wall(ns int64) int64 { return baseWall + ns }
