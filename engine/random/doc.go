// Package random gives every part of a run its own stream of random numbers,
// all derived from one root seed, so that a draw added in one place moves no
// number in another. The derivation is AIPerf's (SHA-256 over root and
// identifier); the generator behind it is Go's PCG, so equal seeds give equal
// runs of this program, not the bytes AIPerf would have drawn.
package random
