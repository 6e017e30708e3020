package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"tacho/engine/metric"
	"tacho/export"
	"tacho/export/aiperf"
)

// Damage is what of a record file could not be read.
type Damage struct {
	// Lines is how many lines are damaged; First describes the first few.
	Lines int64
	First []DamagedLine
	// CutLast says that the file ends within a line, as after a crash. That
	// line is not among Lines.
	CutLast bool
}

// DamagedLine is a line that is no record. Lines count from 1.
type DamagedLine struct {
	Line int64
	Err  error
}

// keepDamage is how many damaged lines are described.
const keepDamage = 20

// maxLine bounds the memory that one line may take.
const maxLine = 256 << 20

// Rows calls f for every request in the file, in its order, warm-up included.
// The row and its slices are reused: f must copy what it keeps (see Clone).
// Lines that are damaged are left out and reported; an error of f ends the
// reading and is returned.
func (d *Dir) Rows(f func(*metric.Row) error) (Damage, error) {
	file, err := os.Open(d.file(export.Records))
	if err != nil {
		return Damage{}, fmt.Errorf("read records: %w", err)
	}
	defer file.Close()
	damage, err := readRows(file, d.Registry, f)
	if err != nil {
		return damage, fmt.Errorf("read %s: %w", d.Names.Of(export.Records), err)
	}
	return damage, nil
}

func readRows(in io.Reader, reg *metric.Registry, f func(*metric.Row) error) (Damage, error) {
	var damage Damage
	var row metric.Row
	dec := aiperf.NewRecordDecoder(reg)
	lines := lineReader{r: bufio.NewReaderSize(in, 256<<10)}
	for n := int64(1); ; n++ {
		line, ended, err := lines.next()
		if err == io.EOF {
			return damage, nil
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return damage, err
		}
		if err == nil && isBlank(line) {
			continue
		}
		if err == nil {
			err = dec.Decode(line, &row)
		}
		if err != nil {
			if !ended {
				damage.CutLast = true
				return damage, nil
			}
			damage.Lines++
			if len(damage.First) < keepDamage {
				damage.First = append(damage.First, DamagedLine{n, err})
			}
			continue
		}
		if err := f(&row); err != nil {
			return damage, err
		}
	}
}

func isBlank(line []byte) bool {
	for _, c := range line {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}

// lineReader reads lines of any length up to maxLine.
type lineReader struct {
	r    *bufio.Reader
	long []byte
}

var errLongLine = fmt.Errorf("line is longer than %d MiB", maxLine>>20)

// next returns a line without copying it where it fits the buffer; it is valid
// until the next call. ended tells that it had a line end.
func (l *lineReader) next() (line []byte, ended bool, err error) {
	part, err := l.r.ReadSlice('\n')
	if err == nil {
		return part, true, nil
	}
	l.long = l.long[:0]
	tooLong := false
	for {
		if len(l.long)+len(part) > maxLine {
			tooLong, l.long = true, nil
		}
		if !tooLong {
			l.long = append(l.long, part...)
		}
		switch {
		case err == nil || err == io.EOF:
			ended = err == nil
			switch {
			case tooLong:
				return nil, ended, errLongLine
			case err == io.EOF && len(l.long) == 0:
				return nil, false, io.EOF
			}
			return l.long, ended, nil
		case err != bufio.ErrBufferFull:
			return nil, false, err
		}
		part, err = l.r.ReadSlice('\n')
	}
}
