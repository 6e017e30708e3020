// Package theme says how things look: colours by role for each terminal, and
// the characters that charts, bars and frames are made of. It reads no
// environment itself; the caller hands one in.
package theme
