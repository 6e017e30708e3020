package random

import (
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strconv"
)

// Root is the seed of a whole run. The zero value is the seeded root 0.
type Root struct {
	// Seed is the value to report: a run with the same seed draws the same.
	Seed uint64
	// Drawn says that no seed was given and Seed came from system entropy.
	Drawn bool
}

// Seeded returns the root for a seed the user gave.
func Seeded(seed uint64) Root { return Root{Seed: seed} }

// Entropy draws a root from the system. It keeps to 53 bits, so that the
// number survives a JSON reader that holds numbers as float64.
func Entropy() Root {
	var b [8]byte
	crand.Read(b[:]) // never fails since Go 1.24
	return Root{Seed: binary.BigEndian.Uint64(b[:]) >> 11, Drawn: true}
}

// Stream returns the stream of one component, named by a dotted identifier
// such as "dataset.prompt.length".
func (r Root) Stream(id string) *Stream {
	return newStream(strconv.AppendUint(nil, r.Seed, 10), id, "")
}

// At returns the stream of one component for item i. It does not depend on
// which other items were drawn before, or where.
func (r Root) At(id string, i int) *Stream {
	return newStream(strconv.AppendUint(nil, r.Seed, 10), id, ":"+strconv.Itoa(i))
}

// newStream seeds PCG with SHA-256("<root>:<id>"): the first 8 bytes,
// big-endian, are the child seed of AIPerf, the next 8 fill the rest of the
// generator's 128-bit state.
func newStream(key []byte, id, item string) *Stream {
	key = append(key, ':')
	key = append(key, id...)
	key = append(key, item...)
	sum := sha256.Sum256(key)
	pcg := rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16]))
	return &Stream{rand.New(pcg)}
}

// ChildSeed is the 64-bit seed that AIPerf derives for an identifier.
func (r Root) ChildSeed(id string) uint64 {
	sum := sha256.Sum256([]byte(strconv.FormatUint(r.Seed, 10) + ":" + id))
	return binary.BigEndian.Uint64(sum[:8])
}
