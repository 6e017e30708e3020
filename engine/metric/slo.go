package metric

// SLO is one goodput condition: the metric must be at most Limit, or at least
// Limit for a metric where larger is better. Limit is in display units.
type SLO struct {
	Tag   Tag
	Limit float64
}
