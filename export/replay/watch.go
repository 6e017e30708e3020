package replay

import (
	"tacho/engine/metric"
)

// candidates are the metrics that a screen shows of itself, and so those that
// are read of every line, the list of gaps aside.
var candidates = []metric.Tag{
	metric.TTFT, metric.ITL, metric.RequestLatency, metric.ISL, metric.OSL,
	metric.TTST, metric.TTFO, metric.OutputTokenThroughputPerUser, metric.E2EOutputTokenThroughput,
}
