package schedule

import (
	"cmp"
	"slices"
	"testing"
	"time"
)

// sends lists the users in the order in which a perfect server would see their
// requests, each with all turns of a conversation or those that are left.
func sends(t *testing.T, u *Users, turns, n int) (users []int, at []time.Duration) {
	t.Helper()
	type send struct {
		user int
		at   time.Duration
	}
	var all []send
	play := func(s UserStart) {
		left := s.Turns
		if left == 0 {
			left = turns
		}
		for k := range left {
			all = append(all, send{s.User, s.At + time.Duration(k)*u.Gap()})
		}
		u.Began(s.At, left)
	}
	for _, s := range u.First() {
		play(s)
	}
	for len(all) < 4*n {
		s, ok := u.Next()
		if !ok {
			t.Fatal("no next user")
		}
		play(s)
	}
	slices.SortStableFunc(all, func(a, b send) int { return cmp.Compare(a.at, b.at) })
	for _, s := range all[:n] {
		users, at = append(users, s.user), append(at, s.at)
	}
	return users, at
}

// The order that AIPerf 0.13 was seen to send in: rate 2, four users, three
// turns.
func TestUsersTakeTurnsAsAIPerf(t *testing.T) {
	u, err := NewUsers(2, 4, 3)
	if err != nil {
		t.Fatal(err)
	}
	users, at := sends(t, u, 3, 12)
	if want := []int{5, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8}; !slices.Equal(users, want) {
		t.Errorf("users %v, want %v", users, want)
	}
	for i, d := range at {
		if want := time.Duration(i) * 500 * time.Millisecond; d != want {
			t.Errorf("request %d at %v, want %v", i, d, want)
		}
	}
}

// Whatever the numbers, requests of a steady load come one stagger apart from
// the start on, and no user sends twice within a gap.
func TestUsersKeepTheRate(t *testing.T) {
	for _, c := range []struct{ users, turns int }{{1, 2}, {2, 2}, {15, 20}, {6, 4}, {6, 7}, {10, 5}, {3, 1}} {
		u, err := NewUsers(8, c.users, float64(c.turns))
		if err != nil {
			t.Fatal(err)
		}
		users, at := sends(t, u, c.turns, 60)
		last := map[int]time.Duration{}
		for i, d := range at {
			if off := d - time.Duration(i)*125*time.Millisecond; off.Abs() > time.Microsecond {
				t.Errorf("%+v: request %d is %v off", c, i, off)
				break
			}
			if before, ok := last[users[i]]; ok && d-before < u.Gap()-time.Microsecond {
				t.Errorf("%+v: user %d sends %v after its last turn", c, users[i], d-before)
			}
			last[users[i]] = d
		}
	}
}

func TestRefusedUsers(t *testing.T) {
	for _, c := range []struct {
		rate  float64
		users int
	}{{0, 3}, {-1, 3}, {1, 0}} {
		if _, err := NewUsers(c.rate, c.users, 2); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
