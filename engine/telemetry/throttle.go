package telemetry

// throttleWords say what holds the clocks of an NVIDIA GPU down, worst first;
// the bits are those of the driver's clocks event reasons. A GPU that idles or
// runs at set clocks is not held down.
var throttleWords = []struct {
	bits uint64
	word string
}{
	{0x40, "heat (hardware)"},
	{0x20, "heat"},
	{0x80, "power brake"},
	{0x8, "hardware slowdown"},
	{0x4, "power cap"},
	{0x400, "reliability"},
	{0x200, "board limit"},
	{0x10, "sync boost"},
}

// throttleWord is the worst reason among the bits, empty for none.
func throttleWord(bits uint64) string {
	for _, t := range throttleWords {
		if bits&t.bits != 0 {
			return t.word
		}
	}
	return ""
}
