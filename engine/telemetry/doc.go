// Package telemetry watches the machines that serve while the load runs: GPUs
// through the driver or exporter pages, and the servers' own metrics pages. A
// Monitor owns one goroutine per source; whatever a source does, nothing else
// waits for it. The numbers it keeps are AIPerf's, so that the files made of
// them equal AIPerf's: GPUStore and ServerStore give them at the end, and a
// Board the picture of the moment, live or from files.
package telemetry
