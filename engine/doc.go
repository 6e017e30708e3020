// Package engine drives the load: it runs the phases of a plan against an
// endpoint, turns each request into a row, and publishes snapshots for whoever
// looks. It knows no terminal and no file format.
package engine
