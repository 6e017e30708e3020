package dataset

import (
	"context"
	"errors"
)

// TraceRow is what one row of a trace says of its load. Rows that carry a text
// have no input length.
type TraceRow struct {
	Input, Output int // tokens
	Hashes        []int64
}

// ScanTrace reads a mooncake trace from end to end, hands each good row to
// each, and returns how many rows there are and what is wrong with the others,
// at most most of them. Blocks have blockSize tokens; 0 is the usual size.
func ScanTrace(ctx context.Context, path string, blockSize, most int, each func(TraceRow)) (rows int, problems []error) {
	cfg := FileConfig{Path: path, Format: Mooncake, BlockSize: blockSize}
	fm := formats[Mooncake]
	s, _, err := openStore(path, "", fm)
	if err != nil {
		return 0, []error{err}
	}
	defer s.src.Close()
	r := reading{cfg: &cfg, format: fm, media: mediaReader{dir: s.folder(), look: true}}
	var sizes blockSizes
	kinds := map[string]inputKind{}
	check := func(in rec) (row, error) {
		out, err := fm.parse(&r, in)
		if err != nil {
			return out, err
		}
		if out.trace != nil {
			if err := sizes.add(out.trace, r.blockSize()); err != nil {
				return out, err
			}
		}
		if out.key == "" {
			return out, nil
		}
		if first, ok := kinds[out.key]; ok {
			return out, sameKind(out.key, first, out.kind())
		}
		kinds[out.key] = out.kind()
		return out, nil
	}
	for {
		if err := context.Cause(ctx); err != nil {
			return rows, append(problems, err)
		}
		recs, _, err := s.grow()
		if err != nil {
			return rows, append(problems, err)
		}
		if len(recs) == 0 {
			break
		}
		for _, in := range recs {
			rows++
			out, err := check(in)
			switch {
			case err == nil:
				t := TraceRow{Input: out.input, Output: out.turns[0].MaxTokens}
				if out.trace != nil {
					t.Hashes = out.trace.hashes
				}
				each(t)
			case len(problems) == most:
				return rows, append(problems, errors.New("there may be more: reading stopped here"))
			default:
				problems = append(problems, s.wrap(in.line, err))
			}
		}
	}
	if rows == 0 && len(problems) == 0 {
		problems = append(problems, &RecordError{path, 0, errors.New("the file is empty: expected one record per line")})
	}
	return rows, problems
}
