// Package table draws tables of numbers: the metrics of a run, its rates and
// its time slices. Columns go from the least useful end when there is no room.
package table
