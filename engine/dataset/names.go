package dataset

import (
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"

	"tacho/engine/random"
)

// sessionID is AIPerf's name of entry i: a running number when the run is
// seeded, otherwise a random UUID, which for a drawn root repeats with that
// root.
func sessionID(root random.Root, i int) string {
	if !root.Drawn {
		return fmt.Sprintf("session_%06d", i)
	}
	s := root.At("composer.conversation.session_id", i)
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], s.Uint64())
	binary.BigEndian.PutUint64(u[8:], s.Uint64())
	u[6] = u[6]&0x0f | 0x40 // version 4
	u[8] = u[8]&0x3f | 0x80 // RFC 9562 variant
	return u.String()
}

// systemJoin stands between a system prompt from the user and a data set's
// own, as in AIPerf.
const systemJoin = "\n\n"

// joinSystem puts a user's system prompt before a data set's own.
func joinSystem(user, own string) string {
	if user == "" || own == "" {
		return user + own
	}
	return user + systemJoin + own
}
