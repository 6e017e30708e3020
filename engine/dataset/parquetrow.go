package dataset

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	pqformat "github.com/parquet-go/parquet-go/format"
)

// columnCursor walks over the values of a leaf column in one row group.
type columnCursor struct {
	from parquet.ColumnChunkValueReader
	buf  [64]parquet.Value
	n    int // values in buf
	at   int // the next of them
	err  error
}

// peek is the next value, false at the end of the row group or after an error.
// It is valid until the cursor moves.
func (c *columnCursor) peek() (parquet.Value, bool) {
	for c.at == c.n {
		if c.err != nil {
			return parquet.Value{}, false
		}
		c.at = 0
		c.n, c.err = c.from.ReadValues(c.buf[:])
	}
	return c.buf[c.at], true
}

// rowWriter writes the values of some columns of a row group as JSON, one row
// after another.
type rowWriter struct {
	fields []*parquet.Column // of a row
	leaves map[int]*columnCursor
	out    []byte
}

// newRowWriter begins with the first row of a group. The caller closes it.
func newRowWriter(group parquet.RowGroup, fields []*parquet.Column) *rowWriter {
	w := &rowWriter{fields: fields, leaves: map[int]*columnCursor{}}
	chunks := group.ColumnChunks()
	for _, f := range fields {
		eachLeaf(f, func(leaf *parquet.Column) {
			w.leaves[leaf.Index()] = &columnCursor{from: parquet.NewColumnChunkValueReader(chunks[leaf.Index()])}
		})
	}
	return w
}

func eachLeaf(c *parquet.Column, do func(*parquet.Column)) {
	if c.Leaf() {
		do(c)
	}
	for _, child := range c.Columns() {
		eachLeaf(child, do)
	}
}

func (w *rowWriter) close() error {
	var errs []error
	for _, c := range w.leaves {
		errs = append(errs, c.from.Close())
	}
	return errors.Join(errs...)
}

// row appends the next row to out, as an object by the names of the columns.
func (w *rowWriter) row() error {
	w.out = append(w.out, '{')
	for i, f := range w.fields {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.name(f.Name())
		if err := w.value(f); err != nil {
			return fmt.Errorf("column %s: %w", f.Name(), err)
		}
	}
	w.out = append(w.out, '}', '\n')
	return nil
}

func (w *rowWriter) name(s string) {
	b, _ := json.Marshal(s) // a string always can be
	w.out = append(append(w.out, b...), ':')
}

// first is the next value of the first leaf of a column, whose levels tell
// which of the column's parts are there.
func (w *rowWriter) first(c *parquet.Column) (parquet.Value, error) {
	for !c.Leaf() {
		children := c.Columns()
		if len(children) == 0 {
			return parquet.Value{}, errors.New("it is a group of nothing")
		}
		c = children[0]
	}
	cursor := w.leaves[c.Index()]
	v, ok := cursor.peek()
	if !ok {
		return v, endOf(cursor.err)
	}
	return v, nil
}

func endOf(err error) error {
	if err == io.EOF {
		return errors.New("it has fewer values than the file has rows")
	}
	return err
}

// skip passes by the nulls that stand for a column that is not there.
func (w *rowWriter) skip(c *parquet.Column) error {
	var err error
	eachLeaf(c, func(leaf *parquet.Column) {
		cursor := w.leaves[leaf.Index()]
		if _, ok := cursor.peek(); !ok {
			err = endOf(cursor.err)
			return
		}
		cursor.at++
	})
	return err
}

// value writes what a column holds in the row or element at hand. Which of its
// optional and repeated parts are there is told by the definition levels; a
// repetition level says to which list the next value belongs.
func (w *rowWriter) value(c *parquet.Column) error {
	v, err := w.first(c)
	if err != nil {
		return err
	}
	there := v.DefinitionLevel() >= c.MaxDefinitionLevel()
	switch {
	case c.Repeated() && !there:
		w.out = append(w.out, "[]"...)
		return w.skip(c)
	case c.Repeated():
		return w.list(c, c)
	case !there:
		w.out = append(w.out, "null"...)
		return w.skip(c)
	}
	if repeated, element := listOf(c); repeated != nil {
		if v.DefinitionLevel() < repeated.MaxDefinitionLevel() {
			w.out = append(w.out, "[]"...)
			return w.skip(c)
		}
		return w.list(repeated, element)
	}
	return w.single(c)
}

// list writes the elements of a repeated column.
func (w *rowWriter) list(repeated, element *parquet.Column) error {
	w.out = append(w.out, '[')
	for n := 0; ; n++ {
		if n > 0 {
			w.out = append(w.out, ',')
		}
		var err error
		if element == repeated {
			err = w.single(element)
		} else {
			err = w.value(element)
		}
		if err != nil {
			return err
		}
		v, err := w.first(repeated)
		if err != nil && w.atEnd(repeated) || err == nil && v.RepetitionLevel() < repeated.MaxRepetitionLevel() {
			w.out = append(w.out, ']')
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// atEnd reports whether a column has come to the end of its row group.
func (w *rowWriter) atEnd(c *parquet.Column) bool {
	for !c.Leaf() {
		c = c.Columns()[0]
	}
	return w.leaves[c.Index()].err == io.EOF
}

// single writes a group or a leaf that is there.
func (w *rowWriter) single(c *parquet.Column) error {
	if !c.Leaf() {
		w.out = append(w.out, '{')
		for i, child := range c.Columns() {
			if i > 0 {
				w.out = append(w.out, ',')
			}
			w.name(child.Name())
			if err := w.value(child); err != nil {
				return err
			}
		}
		w.out = append(w.out, '}')
		return nil
	}
	cursor := w.leaves[c.Index()]
	v, ok := cursor.peek()
	if !ok {
		return endOf(cursor.err)
	}
	err := w.leaf(c, v)
	cursor.at++
	return err
}

// listOf finds the repeated column and its elements in a column that is
// declared a list: {list: repeated {element}}, or in older files the repeated
// column itself. It returns nil for other columns.
func listOf(c *parquet.Column) (repeated, element *parquet.Column) {
	if c.Leaf() || len(c.Columns()) != 1 || !c.Columns()[0].Repeated() {
		return nil, nil
	}
	if l := c.Type().LogicalType(); l == nil {
		return nil, nil
	} else if _, ok := l.Value.(*pqformat.ListType); !ok {
		return nil, nil
	}
	repeated = c.Columns()[0]
	if repeated.Leaf() || len(repeated.Columns()) != 1 || repeated.Name() == "array" || repeated.Name() == c.Name()+"_tuple" {
		return repeated, repeated
	}
	return repeated, repeated.Columns()[0]
}

// leaf writes one value. Bytes that are no text are written in base64.
func (w *rowWriter) leaf(c *parquet.Column, v parquet.Value) error {
	float := func(f float64, bits int) {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			w.out = append(w.out, "null"...) // JSON has no word for it
			return
		}
		w.out = strconv.AppendFloat(w.out, f, 'g', -1, bits)
	}
	switch v.Kind() {
	case parquet.Boolean:
		w.out = strconv.AppendBool(w.out, v.Boolean())
	case parquet.Int32:
		w.out = strconv.AppendInt(w.out, int64(v.Int32()), 10)
	case parquet.Int64:
		w.out = strconv.AppendInt(w.out, v.Int64(), 10)
	case parquet.Float:
		float(float64(v.Float()), 32)
	case parquet.Double:
		float(v.Double(), 64)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		if !isText(c.Type()) {
			w.out = append(w.out, '"')
			w.out = base64.StdEncoding.AppendEncode(w.out, v.ByteArray())
			w.out = append(w.out, '"')
			return nil
		}
		if !utf8.Valid(v.ByteArray()) {
			return errors.New("it is no UTF-8 text")
		}
		b, err := json.Marshal(string(v.ByteArray()))
		if err != nil {
			return err
		}
		w.out = append(w.out, b...)
	default:
		b, _ := json.Marshal(v.String())
		w.out = append(w.out, b...)
	}
	return nil
}

// isText reports whether the bytes of a column are declared to be text.
func isText(t parquet.Type) bool {
	if l := t.LogicalType(); l != nil {
		switch l.Value.(type) {
		case *pqformat.StringType, *pqformat.EnumType, *pqformat.JsonType:
			return true
		}
	}
	return false
}
