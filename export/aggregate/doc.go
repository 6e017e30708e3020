// Package aggregate sums up several runs in AIPerf's files: the statistics of
// repeated runs with their confidence intervals, and the cells of a sweep with
// the best of them. It reads the summaries that the runs left and so does not
// care which process made them, or when.
package aggregate
