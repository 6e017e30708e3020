package table

// slot is the place of a column in a table.
type slot struct {
	head  string
	width int // in cells
	// drop is when the column goes if room is short: the highest first, never
	// when 0.
	drop int
}

func (s slot) room() (width, drop int) { return s.width, s.drop }

// fit leaves out columns until the rest fits a width. cols is not changed.
func fit[C interface{ room() (width, drop int) }](cols []C, width int) []C {
	for {
		total, worst, most := 0, -1, 0
		for i := range cols {
			w, drop := cols[i].room()
			total += w
			if drop > most {
				worst, most = i, drop
			}
		}
		if total <= width || worst < 0 {
			return cols
		}
		cols = append(cols[:worst:worst], cols[worst+1:]...)
	}
}
