// Package replay reads artifact directories back, ours and AIPerf's: what files
// are there, the configuration and windows of the run, its rows one by one, and
// whether its summaries agree with its records.
package replay
