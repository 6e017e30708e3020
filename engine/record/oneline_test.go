package record

import "testing"

func TestOneLine(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"é\n👋x", 3, "é 👋…"},
		{"a\x1b[2Jb\u009b2Jc\u2028\x7f\x00", 20, "a [2Jb 2Jc   "}, {"\xffx", 9, "\ufffdx"},
	} {
		if got := OneLine(c.in, c.limit); got != c.want {
			t.Errorf("OneLine(%q, %d) = %q, want %q", c.in, c.limit, got, c.want)
		}
	}
}
