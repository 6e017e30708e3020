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
// parent, or whose parent is not there. A ring ends where it closes.
func (c *chains) root(chat int64) int64 {
	seen := map[int64]bool{}
	for {
		parent, ok := c.parent[chat]
		if !ok || parent == noParent || parent == chat || seen[parent] {
			return chat
		}
		if _, there := c.parent[parent]; !there {
			return chat
		}
		seen[chat] = true
		chat = parent
	}
}

// joinChains makes one conversation of each chain.
func (l *layout) joinChains() {
	numbers, roots := map[int64]int{}, map[int64]int64{}
	for i := range l.entries {
		e := &l.entries[i]
		root, ok := roots[e.chat]
		if !ok {
			root = l.chains.root(e.chat)
			roots[e.chat] = root
		}
		n, ok := numbers[root]
		if !ok {
			n = len(numbers)
			numbers[root] = n
		}
		e.chat, e.conv = root, n
	}
}
