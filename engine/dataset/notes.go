package dataset

import (
	"fmt"
	"slices"
	"strings"
)

// skipReasons are why rows are left out, in the order in which they are told.
var skipReasons = []string{skipLong, skipOutside, skipCategory, skipInvalid}

// notes are what the user should know about the data.
type notes struct {
	skipped map[string]int // rows that were left out, by reason
	list    []string
}

func (n *notes) add(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(n.list, s) {
		n.list = append(n.list, s)
	}
}

// tail says what was left out, for the end of a message.
func (n *notes) tail() string {
	var b strings.Builder
	for _, why := range skipReasons {
		if k := n.skipped[why]; k > 0 {
			fmt.Fprintf(&b, ": %d rows %s", k, why)
		}
	}
	return b.String()
}

// skipped counts a row that is left out.
func (f *File) skipped(why string) {
	if f.notes.skipped == nil {
		f.notes.skipped = map[string]int{}
	}
	f.notes.skipped[why]++
}

// finishNotes says at the end of the file how much of it was left out.
func (f *File) finishNotes() {
	for _, why := range skipReasons {
		if k := f.notes.skipped[why]; k > 0 {
			f.notes.add("%d rows of %s %s and were left out", k, f.cfg.Path, why)
		}
	}
}
