package telemetry

// What a run costs, from the price of the machines that serve and from the
// energy of their GPUs. All of it is absent, not infinite, when nothing was
// done.

// secondsPerHour converts prices.
const secondsPerHour = 3600

// Cost is the price of the machines for a time.
func Cost(pricePerHour, seconds float64) float64 { return pricePerHour / secondsPerHour * seconds }

// CostPerMillion is the price of a million tokens, or of a million of anything
// that was done n times in the given seconds; false when n is 0.
func CostPerMillion(pricePerHour, seconds, n float64) (float64, bool) {
	if n <= 0 || seconds < 0 {
		return 0, false
	}
	return Cost(pricePerHour, seconds) / n * 1e6, true
}

// JoulesPer is the energy of one of n things; false when n is 0.
func JoulesPer(joules, n float64) (float64, bool) {
	if n <= 0 {
		return 0, false
	}
	return joules / n, true
}
