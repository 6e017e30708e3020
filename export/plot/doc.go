// Package plot draws finished runs as PNG pictures under AIPerf's names: one
// run over time, or several beside each other.
package plot
