package metric

import "slices"

// Builtin returns a new registry of the metrics that endpoints have in AIPerf
// 0.13, per-record ones first. Adding a metric is one
// more Def in the list of its topic.
func Builtin() *Registry {
	return NewRegistry(slices.Concat(tokenDefs, latencyDefs, mediaDefs, usageDefs, httpDefs, countDefs,
		derivedDefs, usageTotalDefs, sweepDefs, adjustedDefs, injectedDefs, networkDefs, powerDefs))
}
