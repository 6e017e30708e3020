package simserver

// sequence is one request inside the engine or the script. The ticker owns it
// from start until it has produced max tokens or is cancelled.
type sequence struct {
	arrival   int64    // body completely read
	prompt    int      // tokens
	hashes    []uint64 // of the prompt's full blocks, for the prefix cache
	max       int      // tokens to produce
	finish    string   // why it ends after max
	nonstream bool
	pooled    bool            // its steps make no tokens
	token     func(due int64) // receives each token's deadline
	tick      func(due int64) // of the script

	produced    int
	first, last int64 // times of the first and the latest token
	cached      int   // prompt tokens found in the prefix cache
	queued      int64 // when it entered the queue
	scheduled   int64 // when it first entered the batch, 0: never
	computed    int   // tokens whose KV entries exist
	target      int   // tokens to compute before decoding goes on
	shared      []*block
	own         int // blocks not shared
	state       seqState
	preempted   int
}

type seqState uint8

const (
	seqNew seqState = iota
	seqWaiting
	seqRunning
	seqDone
)
