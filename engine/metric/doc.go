// Package metric defines every metric once (tag, header, unit, order, formula)
// and the Row that all statistics, exports and views are made from.
package metric
