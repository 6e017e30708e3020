// Package screen lays panels out into whole screens. A screen is a pure
// function of a snapshot, a size, a theme and the state of the interface.
package screen
