// Package record holds what is kept of one request, the kinds of failure, and
// the one time axis of the process. It imports no other package of ours.
package record
