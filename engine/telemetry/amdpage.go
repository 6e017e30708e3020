package telemetry

import "strings"

// amdFields are AIPerf's figures in the names of AMD's exporter, in small
// letters and without the prefix that it can be given. rank orders names of one
// figure, the best first.
var amdFields = map[string]struct {
	field  Field
	factor float64
	rank   int
}{
	"gpu_package_power":         {AMDPower, 1, 0},
	"gpu_power_usage":           {AMDPower, 1, 1},
	"gpu_average_package_power": {AMDPower, 1, 2},
	"gpu_energy_consumed":       {AMDEnergy, megajoulesPerUJ, 0},
	"gpu_gfx_activity":          {AMDGFXActivity, 1, 0},
	"gpu_umc_activity":          {AMDUMCActivity, 1, 0},
	"gpu_mma_activity":          {AMDMMActivity, 1, 0},
	"gpu_used_vram":             {AMDMemUsed, gigabytesPerMebibyte, 0},
	"gpu_junction_temperature":  {AMDTemperature, 1, 0},
	"gpu_edge_temperature":      {AMDTemperature, 1, 1},
	"gpu_ecc_uncorrect_total":   {AMDECC, 1, 0},
}

// amdPutter says what to do with the value of one of its series; nil for
// nothing.
func amdPutter(name string, labels []Label) func(*gpuDraft, float64) {
	name = name[max(strings.Index(name, "gpu_"), 0):]
	if f, ok := amdFields[name]; ok {
		return func(d *gpuDraft, x float64) {
			if old, set := d.ranks[f.field]; set && old < f.rank {
				return
			}
			if d.ranks == nil {
				d.ranks = map[Field]int{}
			}
			d.ranks[f.field] = f.rank
			d.Values[f.field] = x * f.factor
		}
	}
	switch name {
	case "gpu_total_vram":
		return func(d *gpuDraft, x float64) { d.Detail.MemTotal = x * bytesPerMebibyte }
	case "gpu_free_vram":
		return func(d *gpuDraft, x float64) { d.memFree = x * bytesPerMebibyte }
	case "gpu_clock":
		kind := ""
		for _, l := range labels {
			if l.Name == "clock_type" {
				kind = strings.TrimPrefix(strings.ToLower(l.Value), "gpu_clock_type_")
			}
		}
		switch kind {
		case "system":
			// One for each die; the slowest is what the work waits for.
			return func(d *gpuDraft, x float64) { d.Detail.SMClock = least(d.Detail.SMClock, x) }
		case "memory":
			return func(d *gpuDraft, x float64) { d.Detail.MemClock = least(d.Detail.MemClock, x) }
		}
	}
	return nil
}

// least is the smaller of two numbers of which the first may be absent.
func least(old, x float64) float64 {
	if old != old {
		return x
	}
	return min(old, x)
}
