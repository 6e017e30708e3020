package dataset

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/parquet-go/parquet-go"
)

// parquetMagic is what a Parquet file begins and ends with.
const parquetMagic = "PAR1"

// isParquet reports whether a file begins as Parquet files do.
func isParquet(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(parquetMagic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == parquetMagic
}

// openParquet opens a Parquet file as JSON Lines, one line per row, with the
// columns that are needed and those of more that are there. It is unpacked to
// scratch as far as it is read, page by page.
func openParquet(path, scratch string, needed, more []string) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	rows, err := newParquetRows(f, needed, more)
	if err != nil {
		f.Close()
		return nil, err
	}
	return newUnpacked(rows, rows, scratch)
}

// open opens a file of the data set: of a Parquet file the columns that it
// needs, other files as they are.
func (s *publicSet) open(path, scratch string) (source, error) {
	if isParquet(path) {
		return openParquet(path, scratch, s.columns, s.more)
	}
	return openSource(path, scratch)
}

// parquetRows reads a Parquet file as JSON Lines.
type parquetRows struct {
	f      *os.File
	groups []parquet.RowGroup
	fields []*parquet.Column
	now    *rowWriter // nil between row groups
	left   int64      // rows of the group at hand
	row    int64      // rows read
	out    []byte     // what of the row at hand is still to be handed out
}

// pageBuffer is how much of a column is read at once. The library's own
// default of 2 MiB is much for each column of each file.
const pageBuffer = 256 << 10

func newParquetRows(f *os.File, needed, more []string) (r *parquetRows, err error) {
	defer damaged(&err)
	info, err := f.Stat()
	if err != nil {
		return nil, withoutPath(err)
	}
	file, err := parquet.OpenFile(f, info.Size(), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(pageBuffer))
	if err != nil {
		return nil, fmt.Errorf("it is no whole Parquet file: %w", err)
	}
	r = &parquetRows{f: f, groups: file.RowGroups()}
	for _, name := range slices.Concat(needed, more) {
		if c := file.Root().Column(name); c != nil {
			r.fields = append(r.fields, c)
		} else if slices.Contains(needed, name) {
			return nil, fmt.Errorf("it has the columns %s: expected %s", namesOf(file.Root()), strings.Join(needed, ", "))
		}
	}
	return r, nil
}

func namesOf(root *parquet.Column) string {
	var names []string
	for _, c := range root.Columns() {
		names = append(names, c.Name())
	}
	return strings.Join(names, ", ")
}

// damaged turns a panic of the library, which trusts what a file says of
// itself, into an error.
func damaged(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the Parquet file is damaged (%v)", r)
	}
}

// Read hands out the lines.
func (r *parquetRows) Read(p []byte) (int, error) {
	for len(r.out) == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.out)
	r.out = r.out[n:]
	return n, nil
}

// next reads a row.
func (r *parquetRows) next() (err error) {
	defer damaged(&err)
	for r.left == 0 {
		if err := r.closeGroup(); err != nil {
			return err
		}
		if len(r.groups) == 0 {
			return io.EOF
		}
		r.left = r.groups[0].NumRows()
		r.now, r.groups = newRowWriter(r.groups[0], r.fields), r.groups[1:]
	}
	r.left--
	r.row++
	r.now.out = r.now.out[:0]
	if err := r.now.row(); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the file ends too early")
		}
		return fmt.Errorf("row %d: %w", r.row, err)
	}
	if len(r.now.out) > maxRecord {
		return fmt.Errorf("row %d is longer than %d MiB", r.row, maxRecord>>20)
	}
	r.out = r.now.out
	return nil
}

func (r *parquetRows) closeGroup() error {
	if r.now == nil {
		return nil
	}
	err := r.now.close()
	r.now = nil
	return err
}

// Close ends the reading and closes the file.
func (r *parquetRows) Close() error {
	return errors.Join(r.closeGroup(), r.f.Close())
}
