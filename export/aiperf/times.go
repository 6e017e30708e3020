package aiperf

import (
	"fmt"
	"time"
)

// isoLocal is Python's isoformat of a local time without zone.
const isoLocal = "2006-01-02T15:04:05.000000"

// appendLocal prints Unix nanoseconds as AIPerf prints start_time: local time
// without zone, rounded to microseconds, the fraction left out when it is 0.
func appendLocal(dst []byte, ns int64) []byte {
	t := time.Unix(0, ns).Local().Round(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.AppendFormat(dst, isoLocal[:19])
	}
	return t.AppendFormat(dst, isoLocal)
}

// parseLocal is the inverse, to the microsecond. The zone is this machine's:
// the file does not say which it was.
func parseLocal(s string) (int64, error) {
	t, err := time.ParseInLocation("2006-01-02T15:04:05", s, time.Local)
	if err != nil {
		return 0, fmt.Errorf("time %.40q: want local ISO 8601 without zone", s)
	}
	return t.UnixNano(), nil
}
