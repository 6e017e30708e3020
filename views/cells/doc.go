// Package cells is the screen as a grid of character cells. Views draw into a
// Grid, and the Grid becomes text with one colour sequence per run of equal
// cells. The writer in front of the terminal compares two of them.
package cells
