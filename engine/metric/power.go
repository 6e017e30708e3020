package metric

import "slices"

// Vendor is a maker of GPUs as AIPerf's files name it: their platform, and what
// the tags of their power metrics begin with.
type Vendor string

// The vendors that AIPerf knows.
const (
	NVIDIA Vendor = "nvidia"
	AMD    Vendor = "amd"
)

// PowerMetric is a figure of energy or power over all GPUs of one vendor.
type PowerMetric string

// The power metrics, in AIPerf's words. E is the energy of the GPUs over the
// phase in joules, P their average power in watts.
const (
	EnergyDelayProduct    PowerMetric = "energy_delay_product"
	PerformancePerWatt    PowerMetric = "performance_per_watt"
	OutputTPSPerWatt      PowerMetric = "output_tps_per_watt"
	GoodputPerWatt        PowerMetric = "goodput_per_watt"
	AverageGPUPower       PowerMetric = "average_gpu_power"
	TotalGPUEnergy        PowerMetric = "total_gpu_energy"
	TotalGPUPower         PowerMetric = "total_gpu_power"
	EnergyPerTotalToken   PowerMetric = "energy_per_total_token"
	EnergyPerOutputToken  PowerMetric = "energy_per_output_token"
	EnergyPerRequest      PowerMetric = "energy_per_request"
	OutputTokensPerJoule  PowerMetric = "output_tokens_per_joule"
	EnergyPerUser         PowerMetric = "energy_per_user"
	powerOrder                        = 700 // of the first one on the console
	powerOrderAMDDistance             = 100
)

// Power is the tag of a vendor's power metric.
func Power(v Vendor, m PowerMetric) Tag { return Tag(string(v) + "_" + string(m)) }

// powerDefs are the power metrics of both vendors. They come from the GPUs'
// samples and the totals of a run; none is computed from requests alone.
var powerDefs = slices.Concat(powerOf(NVIDIA, GroupPowerNVIDIA, powerOrder), powerOf(AMD, GroupPowerAMD, powerOrder+powerOrderAMDDistance))

func powerOf(v Vendor, g Group, order int) []Def {
	var out []Def
	for _, d := range []struct {
		metric PowerMetric
		at     int
		header string
		unit   Unit
		flags  Flags
		doc    string
	}{
		{EnergyDelayProduct, 0, "Energy Delay Product", JouleSeconds, 0, "energy_per_request times the mean request_latency in seconds."},
		{PerformancePerWatt, 10, "Performance per Watt", RequestsPerSecPerWatt, LargerIsBetter, "request_throughput / average_gpu_power."},
		{OutputTPSPerWatt, 12, "Output Tokens per Second per Watt", TokensPerSecPerWatt, LargerIsBetter | NeedsOutputTokens, "output_token_throughput / average_gpu_power."},
		{GoodputPerWatt, 14, "Goodput per Watt", GoodRequestsPerSecPerWatt, LargerIsBetter, "goodput / average_gpu_power."},
		{AverageGPUPower, 20, "Average GPU Power", Watts, 0, "total_gpu_energy / window, or total_gpu_power when no GPU counts its energy."},
		{TotalGPUEnergy, 30, "Total GPU Energy", Joules, 0, "Sum over the GPUs of what their energy counters rose by from the last sample before the phase to the last up to 0.666 s after it; without a counter, total_gpu_power times the window."},
		{TotalGPUPower, 40, "Total GPU Power", Watts, 0, "Sum over the GPUs of their mean power sample in the phase."},
		{EnergyPerTotalToken, 45, "Energy per Total Token", MillijoulesPerToken, 0, "1000 * total_gpu_energy / (total_isl + total_osl)."},
		{EnergyPerOutputToken, 50, "Energy per Output Token", MillijoulesPerToken, NeedsOutputTokens, "1000 * total_gpu_energy / total_osl."},
		{EnergyPerRequest, 55, "Energy per Request", JoulesPerRequest, 0, "total_gpu_energy / request_count."},
		{OutputTokensPerJoule, 60, "Output Tokens per Joule", TokensPerJoule, LargerIsBetter | NeedsOutputTokens, "total_osl / total_gpu_energy."},
		{EnergyPerUser, 65, "Energy per User", JoulesPerUser, 0, "total_gpu_energy / the configured concurrency."},
	} {
		out = append(out, Def{
			Tag: Power(v, d.metric), Header: d.header, Doc: d.doc, Unit: d.unit,
			Kind: Injected, Group: g, Order: order + d.at, Flags: d.flags | NotInSlice | External,
		})
	}
	return out
}
