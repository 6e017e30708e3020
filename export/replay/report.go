package replay

import (
	"fmt"
	"slices"
	"strings"
)

// Report says whether a directory's summaries agree with its records.
type Report struct {
	// Checked counts the values that were recomputed and compared.
	Checked int
	// Differ are those that do not agree.
	Differ []Difference
	// NotChecked are values that the records do not tell, by file and metric.
	NotChecked []NotChecked
	// Lost is how many records the run could not write, by its manifest: those
	// that it did write then give other values than its summaries have.
	Lost int64
	// Damage is what of the records could not be read; then no count agrees.
	Damage Damage
}

// Difference is one value that does not agree. A value that one side lacks is
// "absent".
type Difference struct {
	File   string // with the slice or phase: "profile_export_aiperf.json warmup_metrics"
	Metric string
	Stat   string
	Have   string // in the file
	Want   string // from the records
}

// NotChecked is a metric of a file that the records do not tell.
type NotChecked struct {
	File   string
	Metric string
	Values int
	Why    string
}

// OK reports that all values agree.
func (r *Report) OK() bool {
	return len(r.Differ) == 0 && r.Lost == 0 && r.Damage.Lines == 0 && !r.Damage.CutLast
}

// String is the report in words: one line when all is well, else every
// difference on a line of its own.
func (r *Report) String() string {
	var b strings.Builder
	if r.Lost > 0 {
		fmt.Fprintf(&b, "the records lack %d requests that the run could not write, as its manifest says: the rest give other values\n", r.Lost)
	}
	if r.Damage.Lines > 0 {
		fmt.Fprintf(&b, "%d lines of records cannot be read, the first is line %d: %v\n", r.Damage.Lines, r.Damage.First[0].Line, r.Damage.First[0].Err)
	}
	if r.Damage.CutLast {
		b.WriteString("the last line of records is cut off\n")
	}
	if len(r.Differ) == 0 {
		fmt.Fprintf(&b, "all %d values agree", r.Checked)
	} else {
		fmt.Fprintf(&b, "%d of %d values differ", len(r.Differ), r.Checked)
	}
	n := 0
	for _, c := range r.NotChecked {
		n += c.Values
	}
	if n > 0 {
		fmt.Fprintf(&b, "; %d values of %s cannot be recomputed from the records", n, strings.Join(r.notCheckedNames(), ", "))
	}
	for _, d := range r.Differ {
		fmt.Fprintf(&b, "\n  %s", d)
	}
	return b.String()
}

// String is one line: what differs, and both values.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %s %s is %s, the records give %s", d.File, d.Metric, d.Stat, d.Have, d.Want)
}

// maxDiffer bounds what a screen lists of values that differ.
const maxDiffer = 200

// differing are the values that differ, a line each.
func (r *Report) differing() []string {
	var out []string
	for i, d := range r.Differ {
		if i == maxDiffer {
			return append(out, fmt.Sprintf("%d more values differ: tacho verify lists all", len(r.Differ)-i))
		}
		out = append(out, d.String())
	}
	return out
}

func (r *Report) notCheckedNames() []string {
	var names []string
	for _, c := range r.NotChecked {
		if !slices.Contains(names, c.Metric) {
			names = append(names, c.Metric)
		}
	}
	const most = 6
	if len(names) > most {
		names = append(names[:most:most], fmt.Sprintf("%d more", len(names)-most))
	}
	return names
}

// Line is the report in one line: "all 3920 values agree".
func (r *Report) Line() string {
	line, _, _ := strings.Cut(r.String(), "\n") // the damage, if there is any
	switch n := len(r.Differ); {
	case n > 0:
		line = fmt.Sprintf("%d of %d values differ, the first: %s", n, r.Checked, r.Differ[0])
	case r.OK():
		line = fmt.Sprintf("all %d values agree", r.Checked)
	}
	n := 0
	for _, c := range r.NotChecked {
		n += c.Values
	}
	if n > 0 {
		line += fmt.Sprintf("; %d more do not come from the records", n)
	}
	return line
}
