package simserver

import "encoding/binary"

// Salts keep the random choices about one request independent of each other.
const (
	saltID uint64 = iota + 1
	saltFault
	saltLength
	saltConn
	saltText
)

// mix hashes its arguments (SplitMix64 finaliser over a running sum), so that
// a choice depends on the seed and the request, not on the order of arrival of
// other choices.
func mix(vs ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, v := range vs {
		h = (h ^ v) + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// unit returns a number in [0, 1) from mix of its arguments.
func unit(vs ...uint64) float64 { return float64(mix(vs...)>>11) / (1 << 53) }

func appendUint64(dst []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(dst, v) }
