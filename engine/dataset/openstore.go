package dataset

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

// openStore opens one file for reading record by record. Of CSV files it reads
// the columns, of JSON documents it finds the list.
func openStore(path, scratch string, f *format) (s *store, columns []string, err error) {
	open := openSource
	if f.open != nil {
		open = f.open
	}
	src, err := open(path, scratch)
	if err != nil {
		return nil, nil, &RecordError{path, 0, err}
	}
	defer func() {
		if err != nil {
			src.Close()
		}
	}()
	start, line := int64(0), 1
	var mark [3]byte
	if n, _ := src.ReadAt(mark[:], 0); n == 3 && bytes.Equal(mark[:], byteOrderMark) {
		start = 3
	}
	switch f.framing {
	case framedList:
		if start, err = listStart(src, f.list); err != nil {
			return nil, nil, &RecordError{path, 0, err}
		}
		if line, err = linesBefore(src, start); err != nil {
			return nil, nil, &RecordError{path, 0, err}
		}
	case framedRows:
		if columns, start, line, err = readHeader(src, start); err != nil {
			return nil, nil, &RecordError{path, 1, err}
		}
	}
	return newStore(path, src, f.framing, start, line), columns, nil
}

// linesBefore is the number of the line in which off lies.
func linesBefore(src io.ReaderAt, off int64) (int, error) {
	line := 1
	buf := make([]byte, 64<<10)
	for at := int64(0); at < off; {
		n, err := src.ReadAt(buf[:min(int64(len(buf)), off-at)], at)
		if n == 0 && err != nil {
			return 0, err
		}
		line += bytes.Count(buf[:n], newline)
		at += int64(n)
	}
	return line, nil
}

// readHeader reads the first row of a CSV file.
func readHeader(src io.ReaderAt, start int64) (columns []string, next int64, line int, err error) {
	buf := make([]byte, 1<<20)
	n, err := src.ReadAt(buf, start)
	if err != nil && err != io.EOF {
		return nil, 0, 0, err
	}
	end := rowEnd(buf[:n])
	if end < 0 && n < len(buf) {
		end = n - 1
	}
	head := buf[:end+1]
	if len(bytes.TrimSpace(head)) == 0 {
		return nil, 0, 0, errors.New("there is no first line with the names of columns")
	}
	if columns, err = csvFields(bytes.TrimSpace(head)); err != nil {
		return nil, 0, 0, err
	}
	for i := range columns {
		columns[i] = strings.TrimSpace(columns[i])
	}
	return columns, start + int64(len(head)), 1 + bytes.Count(head, newline), nil
}
