package dataset

// idSet is a set of block ids. Traces number their blocks from 0 or so, which
// takes a bit per id; ids that lie far apart take a map.
type idSet struct {
	pages map[uint32]*[1024]uint64 // of 65,536 ids each
	rest  map[int64]struct{}
}

// maxPages bounds the pages to 32 MiB.
const maxPages = 4096

func (s *idSet) page(id int64, make_ bool) (p *[1024]uint64, bit uint64) {
	if id < 0 || id >= 1<<32 {
		return nil, 0
	}
	n := uint32(id >> 16)
	p = s.pages[n]
	if p == nil && make_ && len(s.pages) < maxPages {
		if s.pages == nil {
			s.pages = map[uint32]*[1024]uint64{}
		}
		p = new([1024]uint64)
		s.pages[n] = p
	}
	return p, uint64(id & 0xffff)
}

// add puts id into the set and reports whether it was there already.
func (s *idSet) add(id int64) (was bool) {
	if s.has(id) {
		return true
	}
	if p, bit := s.page(id, true); p != nil {
		p[bit/64] |= 1 << (bit % 64)
		return false
	}
	if s.rest == nil {
		s.rest = map[int64]struct{}{}
	}
	s.rest[id] = struct{}{}
	return false
}

// has reports whether id is in the set.
func (s *idSet) has(id int64) bool {
	if p, bit := s.page(id, false); p != nil && p[bit/64]&(1<<(bit%64)) != 0 {
		return true
	}
	_, ok := s.rest[id] // where the pages had run out when it was added
	return ok
}
