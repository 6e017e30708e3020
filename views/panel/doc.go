// Package panel draws the parts of a screen: header, client, errors, events,
// files, help. Each is a pure function of a snapshot into a rectangle of a grid.
package panel
