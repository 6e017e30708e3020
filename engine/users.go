package engine

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"tacho/engine/schedule"
)

// userTiming is the load of simulated users: a new user comes when the place of
// another is free, whatever the answers do; each user leaves a gap between its
// turns, and a late answer puts off what follows it.
type userTiming struct {
	r     *run
	users *schedule.Users
	first []begin // not begun yet, by time
}

func newUserTiming(r *run, users *schedule.Users) *userTiming {
	t := &userTiming{r: r, users: users}
	for _, u := range users.First() {
		t.first = append(t.first, t.begin(u))
	}
	slices.SortStableFunc(t.first, func(a, b begin) int { return cmp.Compare(a.at, b.at) })
	return t
}

// begin gives a user its conversation, and its place to the one after it.
func (t *userTiming) begin(u schedule.UserStart) begin {
	t.r.mu.Lock()
	i := t.r.plan.Order.Next()
	t.r.mu.Unlock()
	s := t.r.open(i)
	s.correlationID = strconv.Itoa(u.User)
	turns := max(s.turns, 1)
	if u.Turns > 0 {
		turns = u.Turns
		s.turns = min(s.turns, u.Turns)
	}
	t.users.Began(u.At, turns)
	return begin{at: u.At, sess: s}
}

func (t *userTiming) next() (begin, bool) {
	if len(t.first) > 0 {
		b := t.first[0]
		t.first = t.first[1:]
		return b, true
	}
	u, ok := t.users.Next()
	if !ok {
		return begin{}, false
	}
	return t.begin(u), true
}

func (t *userTiming) later(_ *session, due, end time.Duration) time.Duration {
	return max(end, due+t.users.Gap())
}

func (t *userTiming) close() {}
