// Package dataset holds what is sent: conversations made of turns, where they
// come from, and in which order they are taken. It knows no wire format; an
// endpoint turns a Turn into a request body.
package dataset
