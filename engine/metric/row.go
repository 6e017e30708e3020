package metric

import "tacho/engine/record"

// Row is the waist of the program: one request, live or read from a file, with
// one number per metric. Everything after it sees rows only.
type Row struct {
	record.Meta
	// Err is nil for a valid request.
	Err *record.Failure
	// Vals is indexed by Def.ID and holds display units (ms, tokens, KB, …);
	// NaN is absent. Its length is that of the Registry when the row was made.
	// Entries of Aggregate metrics hold what this request adds to the count,
	// those of other metrics that are not PerRecord stay NaN.
	Vals []float64
	// Gaps holds the values of inter_chunk_latency, the one list metric, in
	// ms; nil when absent (a valid request with one chunk has an empty,
	// non-nil list).
	Gaps []float64
}
