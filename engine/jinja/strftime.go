package jinja

import (
	"fmt"
	"strings"
	"time"
)

// dateLayouts are the directives of Python's strftime.
var dateLayouts = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'B': "January", 'b': "Jan", 'A': "Monday", 'a': "Mon", 'H': "15", 'I': "03", 'M': "04",
	'S': "05", 'p': "PM", 'j': "002", 'Z': "", 'z': "", 'F': "2006-01-02", 'T': "15:04:05", 'D': "01/02/06", 'e': "_2",
}

// strftime writes a time in a format of Python's.
func strftime(at time.Time, format string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		bare := format[i] == '-' && i+1 < len(format)
		if bare {
			i++
		}
		layout, ok := dateLayouts[format[i]]
		switch {
		case format[i] == '%':
			b.WriteByte('%')
		case !ok:
			return "", fmt.Errorf("strftime_now: %%%c is not supported", format[i])
		case bare:
			if text := strings.TrimLeft(at.Format(layout), "0"); text != "" {
				b.WriteString(text)
			} else {
				b.WriteByte('0')
			}
		case layout != "": // a local time has no zone
			b.WriteString(at.Format(layout))
		}
	}
	return b.String(), nil
}
