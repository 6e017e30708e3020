package telemetry

// history is the last few hundred points of something, for pictures that are
// never changed once made: window returns a part of an array to which only
// later elements are added.
type history[T any] struct {
	all   []T
	limit int
}

func (h *history[T]) add(v T) {
	if len(h.all) == 4*h.limit {
		// A fresh array: older pictures keep theirs.
		h.all = append(make([]T, 0, 4*h.limit), h.all[len(h.all)-h.limit+1:]...)
	}
	if h.all == nil {
		h.all = make([]T, 0, 4*h.limit)
	}
	h.all = append(h.all, v)
}

func (h *history[T]) window() []T {
	from := max(len(h.all)-h.limit, 0)
	return h.all[from:len(h.all):len(h.all)]
}

// move changes all points, in a fresh array.
func (h *history[T]) move(change func(*T)) {
	h.all = append(make([]T, 0, 4*h.limit), h.window()...)
	for i := range h.all {
		change(&h.all[i])
	}
}
