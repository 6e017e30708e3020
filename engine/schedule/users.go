package schedule

import (
	"container/heap"
	"fmt"
	"math"
	"time"
)

// UserStart is when a simulated user begins to send.
type UserStart struct {
	// User is the user's number, from 1, in the order in which conversations
	// are given out.
	User int
	At   time.Duration
	// Turns is how many turns of the conversation are left at the start; 0 is
	// all of them.
	Turns int
}

// Users is the user-centric load of AIPerf: a number of users share a rate, and
// each of them leaves a constant gap between the turns of its conversation. It
// begins as if it had gone on for long: of the first users most are somewhere
// in their conversation, each with the turns that are left of it.
type Users struct {
	rate   float64
	gap    float64 // seconds between the turns of a user
	first  []UserStart
	spawns spawns // when places of users become free, in seconds
	next   int    // number of the next user
}

// NewUsers spreads users over a rate of requests per second. turns is the mean
// number of turns of the conversations. It fails on values that make no load.
func NewUsers(perSec float64, users int, turns float64) (*Users, error) {
	if !(perSec > 0) || math.IsInf(perSec, 1) {
		return nil, fmt.Errorf("user-centric rate %v: must be above 0 and finite", perSec)
	}
	if users < 1 {
		return nil, fmt.Errorf("%d users: must be at least 1", users)
	}
	u := &Users{rate: perSec, gap: float64(users) / perSec, next: 1}
	// A lifetime is the gaps between the first and the last turn.
	life := max(1, int(math.RoundToEven(turns))-1)
	step := 1
	if gcd(users, life) > 1 {
		step = coprimeStep(users)
	}
	for i := range users {
		age := (users - i) * life
		left := life - age/users
		id := u.next
		u.next++
		if left <= 0 {
			continue // through with all turns before the start; its number is taken
		}
		place := age % users
		if gcd(users, life) > 1 {
			place = i * step % users
		}
		u.first = append(u.first, u.start(id, users-place, left))
	}
	u.first = append(u.first, u.start(u.next, 0, 0)) // in the place of the oldest
	u.next++
	return u, nil
}

func (u *Users) start(id, order, turns int) UserStart {
	return UserStart{User: id, At: secs(float64(order) / u.rate), Turns: turns}
}

// First are the users at the beginning, in the order of their numbers, which is
// not that of their times.
func (u *Users) First() []UserStart { return u.first }

// Gap is the time between two turns of a user.
func (u *Users) Gap() time.Duration { return secs(u.gap) }

// Began says that a user began, with so many turns to send: its place is free
// for a new one when they have had their time, whatever the answers did.
func (u *Users) Began(at time.Duration, turns int) {
	heap.Push(&u.spawns, at.Seconds()+float64(turns)*u.gap)
}

// Next is the next user to come; false when nobody has begun that it could
// follow.
func (u *Users) Next() (UserStart, bool) {
	if len(u.spawns) == 0 {
		return UserStart{}, false
	}
	s := UserStart{User: u.next, At: secs(heap.Pop(&u.spawns).(float64))}
	u.next++
	return s, true
}

func secs(s float64) time.Duration { return time.Duration(math.Round(s * 1e9)) }

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// coprimeStep is the smallest step above 1 that visits all of n places, or 1.
func coprimeStep(n int) int {
	for step := 2; step < n; step++ {
		if gcd(n, step) == 1 {
			return step
		}
	}
	return 1
}

// spawns is a heap of times.
type spawns []float64

func (s spawns) Len() int           { return len(s) }
func (s spawns) Less(i, j int) bool { return s[i] < s[j] }
func (s spawns) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *spawns) Push(x any)        { *s = append(*s, x.(float64)) }
func (s *spawns) Pop() any {
	old := *s
	last := old[len(old)-1]
	*s = old[:len(old)-1]
	return last
}
