package dataset

import "container/list"

// lru keeps what was used last within a limit of bytes. The caller locks.
type lru[K comparable, V any] struct {
	limit int
	used  int
	order list.List // of *cached, the newest in front
	items map[K]*list.Element
}

type cached[K comparable, V any] struct {
	key   K
	value V
	bytes int
}

func (c *lru[K, V]) get(k K) (v V, ok bool) {
	e, ok := c.items[k]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cached[K, V]).value, true
}

// put adds a value of about that many bytes. One that is larger than a quarter
// of the limit is not worth the others it would push out, and is not kept.
func (c *lru[K, V]) put(k K, v V, bytes int) {
	if bytes > c.limit/4 {
		return
	}
	if c.items == nil {
		c.items = map[K]*list.Element{}
	}
	if e, ok := c.items[k]; ok {
		old := e.Value.(*cached[K, V])
		c.used += bytes - old.bytes
		old.value, old.bytes = v, bytes
		c.order.MoveToFront(e)
	} else {
		c.items[k] = c.order.PushFront(&cached[K, V]{k, v, bytes})
		c.used += bytes
	}
	for c.used > c.limit {
		last := c.order.Back()
		old := c.order.Remove(last).(*cached[K, V])
		delete(c.items, old.key)
		c.used -= old.bytes
	}
}
