package dataset

// place is where a record is: number of the file, number of the record.
type place uint64

func placeOf(file, rec int) place { return place(file)<<40 | place(rec) }

func (p place) file() int { return int(p >> 40) }
func (p place) rec() int  { return int(p & (1<<40 - 1)) }

// chunked is a list that grows without moving.
type chunked[T any] struct {
	parts [][]T
	n     int
}

const chunkLen = 1 << 14

func (c *chunked[T]) add(v T) {
	if c.n%chunkLen == 0 {
		c.parts = append(c.parts, make([]T, 0, min(chunkLen, max(16, c.n))))
	}
	last := &c.parts[len(c.parts)-1]
	*last = append(*last, v)
	c.n++
}

func (c *chunked[T]) at(i int) T { return c.parts[i/chunkLen][i%chunkLen] }

// placeIndex says of which records each conversation consists. As long as
// every record is one, it takes no memory.
type placeIndex struct {
	plain int // conversations 0..plain-1 are the records of these numbers in file 0
	// start is the index in recs of the first record of each conversation
	// from plain on.
	start chunked[uint32]
	recs  chunked[place]
}

func (x *placeIndex) len() int { return x.plain + x.start.n }

// begin adds a conversation that begins with p.
func (x *placeIndex) begin(p place) {
	if x.start.n == 0 && p == place(x.plain) {
		x.plain++
		return
	}
	x.start.add(uint32(x.recs.n))
	x.recs.add(p)
}

// join adds p to the last conversation.
func (x *placeIndex) join(p place) {
	if x.start.n == 0 { // it was a plain one until now
		x.plain--
		x.start.add(0)
		x.recs.add(place(x.plain))
	}
	x.recs.add(p)
}

// of appends the places of conversation i to dst.
func (x *placeIndex) of(dst []place, i int) []place {
	if i < x.plain {
		return append(dst, place(i))
	}
	i -= x.plain
	end := x.recs.n
	if i+1 < x.start.n {
		end = int(x.start.at(i + 1))
	}
	for k := int(x.start.at(i)); k < end; k++ {
		dst = append(dst, x.recs.at(k))
	}
	return dst
}
