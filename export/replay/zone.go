package replay

import (
	"bytes"
	"time"

	"tacho/export"
)

// zoneStep is what all zones on Earth are apart, or a multiple of it.
const zoneStep = int64(15 * time.Minute)

// settleZone puts the window of the summary, which AIPerf writes as local time
// without a zone, right by the records, whose times are absolute: the directory
// may come from a machine elsewhere.
func (d *Dir) settleZone() {
	if d.Run == nil || d.Run.Summary.StartNS == 0 || d.Run.Summary.EndNS == 0 {
		return
	}
	first, last, ok := d.recordTimes()
	if !ok {
		return
	}
	s := d.Run.Summary
	fits := func(shift int64) bool {
		const slack = int64(time.Second)
		return s.StartNS+shift <= first+slack && s.EndNS+shift >= last-slack
	}
	shift := (first - s.StartNS) / zoneStep * zoneStep
	for _, by := range []int64{0, shift, shift - zoneStep, shift + zoneStep} {
		if fits(by) {
			s.StartNS, s.EndNS = s.StartNS+by, s.EndNS+by
			return
		}
	}
}

// recordTimes are the start of the first request in the file and the end of the
// last.
func (d *Dir) recordTimes() (first, last int64, ok bool) {
	f, err := d.open(export.Records)
	if f == nil || err != nil {
		return 0, 0, false
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return 0, 0, false
	}
	const look = 1 << 20 // a line begins with its times, but may be long
	head, tail := make([]byte, min(look, st.Size())), make([]byte, min(look, st.Size()))
	if readFull(f, head, 0) != nil || readFull(f, tail, st.Size()-int64(len(tail))) != nil {
		return 0, 0, false
	}
	first, ok = timeAfter(head, bytes.Index(head, startKey), startKey)
	if !ok {
		return 0, 0, false
	}
	last, ok = timeAfter(tail, bytes.LastIndex(tail, endKey), endKey)
	return first, last, ok
}

var startKey, endKey = []byte(`"request_start_ns":`), []byte(`"request_end_ns":`)

// timeAfter reads the number behind a key that was found at a place.
func timeAfter(data []byte, at int, key []byte) (int64, bool) {
	if at < 0 {
		return 0, false
	}
	p := at + len(key)
	for p < len(data) && data[p] == ' ' {
		p++
	}
	v, _, ok := readInt(data, p)
	return v, ok && v > 0
}
