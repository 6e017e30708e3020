package engine

import (
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// narrow is a sink with room for some rows.
type narrow struct {
	room int
	got  []int64
}

func (s *narrow) Fits(*metric.Row, *record.Raw) bool { return s.room > 0 }
func (s *narrow) Trouble() string                    { return "" }
func (s *narrow) Add(row *metric.Row, _ *record.Raw) bool {
	if s.room == 0 {
		return false
	}
	s.room--
	s.got = append(s.got, row.Num)
	return true
}

func TestDelivery(t *testing.T) {
	// Each step offers rows to a sink with so much room, seconds after the last.
	type step struct {
		rows, room int
		after      float64
		news       bool
		// What must be true afterwards, in all.
		got, waiting, dropped, released int
	}
	for name, c := range map[string]struct {
		wait  bool
		steps []step
	}{
		"all fit": {true, []step{{rows: 3, room: 5, got: 3, released: 3}}},
		"records do not wait": {false, []step{
			{rows: 3, room: 1, got: 1, dropped: 2, released: 3},
			{rows: 2, room: 2, got: 3, dropped: 2, released: 5},
		}},
		"raw waits and loses nothing": {true, []step{
			{rows: 3, room: 1, news: true, got: 1, waiting: 2, released: 1},
			{rows: 1, room: 1, after: 2, got: 2, waiting: 2, released: 2},
			{rows: 0, room: 0, after: 2, got: 2, waiting: 2, released: 2},
			{rows: 1, room: 9, after: 2, got: 5, released: 5},
		}},
		"a sink that is stuck is given up until it moves": {true, []step{
			{rows: 2, room: 0, news: true, waiting: 2},
			{rows: 1, room: 0, after: 2.9, waiting: 3},
			{rows: 1, room: 0, after: 0.2, dropped: 4, released: 4},
			{rows: 2, room: 0, after: 0.1, dropped: 6, released: 6},
			{rows: 2, room: 1, after: 0.1, got: 1, waiting: 1, dropped: 6, released: 7},
			{rows: 0, room: 1, after: 2.9, got: 2, dropped: 6, released: 8},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &narrow{}
			released, num := 0, int64(0)
			d := delivery{sink: s, wait: c.wait, release: func(n int64) { released += int(n) }}
			now := int64(5 * time.Second)
			for i, st := range c.steps {
				now += int64(st.after * 1e9)
				s.room = st.room
				var rows []collected
				for range st.rows {
					rows = append(rows, collected{row: &metric.Row{Meta: record.Meta{Num: num}}, size: 1})
					num++
				}
				news := d.deliver(rows, now)
				if news != st.news || len(s.got) != st.got || len(d.waiting) != st.waiting || int(d.dropped) != st.dropped || released != st.released {
					t.Errorf("step %d: news %v, %d got, %d wait, %d dropped, %d released; want %+v",
						i, news, len(s.got), len(d.waiting), d.dropped, released, st)
				}
				if d.pending() != (st.waiting > 0) {
					t.Errorf("step %d: pending %v", i, d.pending())
				}
			}
			for i := 1; i < len(s.got); i++ {
				if s.got[i] <= s.got[i-1] {
					t.Errorf("rows came as %v, want their order", s.got)
				}
			}
		})
	}
}

func TestDeliveryWithoutASinkGivesTheRoomBack(t *testing.T) {
	var released int64
	d := delivery{release: func(n int64) { released += n }}
	if d.deliver([]collected{{size: 3}, {size: 4}}, 1) || released != 7 || d.pending() {
		t.Errorf("%d bytes were given back, want 7", released)
	}
}
