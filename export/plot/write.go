package plot

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"tacho/export"
)

// Folder is where the pictures of a run are, below its folder.
const Folder = "plots"

// SummaryFile lists the pictures.
const SummaryFile = "summary.txt"

// Done is what was drawn, and what was left out.
type Done struct {
	Drawn   []string
	Missing []Picture
	// Without are the drawn ones that lack some of the runs.
	Without []Picture
}

// Write draws the pictures into a folder, one after the other, with the list of
// them. Without any there is no list.
func Write(ctx context.Context, pictures []Picture, into string, th *Theme) (*Done, error) {
	done := &Done{}
	for i := range pictures {
		p := &pictures[i]
		if p.Missing != "" {
			done.Missing = append(done.Missing, *p)
			continue
		}
		if ctx.Err() != nil {
			return done, context.Cause(ctx)
		}
		data, err := p.Encode(th)
		if err == nil {
			_, err = export.WriteFile(into, p.Name, data, 0o644)
		}
		if err != nil {
			return done, err
		}
		done.Drawn = append(done.Drawn, p.Name)
		if len(p.Without) > 0 {
			done.Without = append(done.Without, *p)
		}
	}
	if len(done.Drawn) == 0 {
		return done, nil
	}
	_, err := export.WriteFile(into, SummaryFile, done.summary(into), 0o644)
	return done, err
}

// summary is the text of SummaryFile.
func (d *Done) summary(into string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Pictures of runs\n%s\n\nDrawn: %d\n\n", strings.Repeat("=", 50), len(d.Drawn))
	for _, name := range d.Drawn {
		fmt.Fprintf(&b, "  - %s\n", name)
	}
	if left := d.LeftOut(); len(left) > 0 {
		fmt.Fprintf(&b, "\nLeft out: %d\n\n", len(left))
		for _, s := range left {
			fmt.Fprintf(&b, "  - %s\n", s)
		}
	}
	fmt.Fprintf(&b, "\nOutput directory: %s\n", into)
	return b.Bytes()
}

// LeftOut says what was not drawn and why, one line each.
func (d *Done) LeftOut() (lines []string) {
	for _, p := range d.Missing {
		lines = append(lines, p.Name+": "+p.Missing)
	}
	for _, p := range d.Without {
		lines = append(lines, p.Name+" is without runs that lack its figures: "+strings.Join(p.Without, ", "))
	}
	return lines
}
