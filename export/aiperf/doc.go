// Package aiperf reads and writes the files of AIPerf 0.13, byte for byte as
// AIPerf writes them but for the order of keys where its own order is random:
// there ours is that of the metric registry. Every file has one Go file that
// holds its encoder and its decoder.
package aiperf
