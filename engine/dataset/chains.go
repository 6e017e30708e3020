package dataset

// chains are rows that name the row they follow.
type chains struct{ parent map[int64]int64 }

func (c *chains) add(chat, parent int64) {
	if c.parent == nil {
		c.parent = map[int64]int64{}
	}
	c.parent[chat] = parent
}

// root is the first row of the chain that chat belongs to: the one without a
// parent, or whose parent is not there. In a ring it is the one first asked for.
// roots remembers what was found.
func (c *chains) root(chat int64, roots map[int64]int64) int64 {
	var path []int64
	at := chat
	for seen := map[int64]bool{}; ; {
		if known, ok := roots[at]; ok {
			at = known
			break
		}
		parent := c.parent[at]
		if _, there := c.parent[parent]; seen[at] || parent == noParent || parent == at || !there {
			break
		}
		seen[at] = true
		path = append(path, at)
		at = parent
	}
	for _, p := range append(path, chat) {
		roots[p] = at
	}
	return at
}

// joinChains makes one conversation of each chain.
func (l *layout) joinChains() {
	numbers, roots := map[int64]int{}, map[int64]int64{}
	for i := range l.entries {
		e := &l.entries[i]
		root := l.chains.root(e.chat, roots)
		n, ok := numbers[root]
		if !ok {
			n = len(numbers)
			numbers[root] = n
		}
		e.chat, e.conv = root, n
	}
}
