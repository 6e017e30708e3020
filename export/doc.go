// Package export says what a finished run is, which files it leaves, and how
// they are written: the names, the exporters' interface, the streaming sinks
// and the two files that are ours alone (profile_export_requests.csv and
// manifest.json). The formats of AIPerf's files are in the package aiperf
// below, reading a directory back is in replay.
package export
