package telemetry

import (
	"math"

	"tacho/engine/metric"
)

// Field is one figure of a GPU in AIPerf's files.
type Field int

// The figures, in the order of the files.
const (
	PowerUsage Field = iota
	EnergyUsed
	GPUUtil
	MemUtil
	MemUsed
	Temperature
	SMUtil
	DecoderUtil
	EncoderUtil
	JPEGUtil
	XIDErrors
	PowerViolation
	AMDPower
	AMDEnergy
	AMDGFXActivity
	AMDUMCActivity
	AMDMMActivity
	AMDMemUsed
	AMDTemperature
	AMDECC
	AMDThrottle
	NumFields
)

// FieldInfo says how a figure is called and counted.
type FieldInfo struct {
	Tag    string // in the files
	Header string // in tables, without unit
	Unit   string
	// Counter is a figure that only grows: its result is how much it grew.
	Counter bool
	Vendor  metric.Vendor
	// Alias is the name in files of older versions, empty for none.
	Alias string
}

// Fields describes the figures, indexed by Field. It is AIPerf 0.13's table.
var Fields = [NumFields]FieldInfo{
	PowerUsage:     {"nvidia_power_usage", "NVIDIA GPU Power Usage", "W", false, metric.NVIDIA, "gpu_power_usage"},
	EnergyUsed:     {"nvidia_energy_consumption", "NVIDIA Energy Consumption", "MJ", true, metric.NVIDIA, "energy_consumption"},
	GPUUtil:        {"nvidia_gpu_utilization", "NVIDIA GPU Utilization", "%", false, metric.NVIDIA, "gpu_utilization"},
	MemUtil:        {"nvidia_memory_utilization", "NVIDIA Memory Utilization", "%", false, metric.NVIDIA, "mem_utilization"},
	MemUsed:        {"nvidia_memory_used", "NVIDIA GPU Memory Used", "GB", false, metric.NVIDIA, "gpu_memory_used"},
	Temperature:    {"nvidia_temperature", "NVIDIA GPU Temperature", "°C", false, metric.NVIDIA, "gpu_temperature"},
	SMUtil:         {"nvidia_sm_utilization", "NVIDIA SM Utilization", "%", false, metric.NVIDIA, "sm_utilization"},
	DecoderUtil:    {"nvidia_decoder_utilization", "NVIDIA Decoder Utilization", "%", false, metric.NVIDIA, "decoder_utilization"},
	EncoderUtil:    {"nvidia_encoder_utilization", "NVIDIA Encoder Utilization", "%", false, metric.NVIDIA, "encoder_utilization"},
	JPEGUtil:       {"nvidia_jpg_utilization", "NVIDIA JPEG Utilization", "%", false, metric.NVIDIA, "jpg_utilization"},
	XIDErrors:      {"nvidia_xid_errors", "NVIDIA XID Errors", "count", true, metric.NVIDIA, "xid_errors"},
	PowerViolation: {"nvidia_power_violation", "NVIDIA Power Violation", "us", true, metric.NVIDIA, "power_violation"},
	AMDPower:       {"amd_power", "AMD GPU Power", "W", false, metric.AMD, ""},
	AMDEnergy:      {"amd_energy_consumption", "AMD Energy Consumption", "MJ", true, metric.AMD, ""},
	AMDGFXActivity: {"amd_gfx_activity", "AMD GFX Activity", "%", false, metric.AMD, ""},
	AMDUMCActivity: {"amd_umc_activity", "AMD UMC Activity", "%", false, metric.AMD, ""},
	AMDMMActivity:  {"amd_mm_activity", "AMD MM Activity", "%", false, metric.AMD, ""},
	AMDMemUsed:     {"amd_memory_used", "AMD GPU Memory Used", "GB", false, metric.AMD, ""},
	AMDTemperature: {"amd_temperature", "AMD GPU Temperature", "°C", false, metric.AMD, ""},
	AMDECC:         {"amd_ecc_uncorrectable", "AMD ECC Uncorrectable", "count", true, metric.AMD, ""},
	AMDThrottle:    {"amd_throttle_status", "AMD Throttle Status", "count", false, metric.AMD, ""},
}

// fieldTags finds a Field by tag or alias.
var fieldTags = func() map[string]Field {
	m := make(map[string]Field, 2*NumFields)
	for f, info := range Fields {
		m[info.Tag] = Field(f)
		if info.Alias != "" {
			m[info.Alias] = Field(f)
		}
	}
	return m
}()

// FieldByTag finds a figure by its name in the files, of any version.
func FieldByTag(tag string) (Field, bool) {
	f, ok := fieldTags[tag]
	return f, ok
}

// The factors from what drivers and exporters count in, as AIPerf has them.
const (
	wattsPerMilliwatt    = 1e-3
	megajoulesPerMJ      = 1e-9 // mJ, the driver's millijoule
	megajoulesPerUJ      = 1e-12
	gigabytesPerByte     = 1e-9
	gigabytesPerMebibyte = 1.048576e-3
	percentPerShare      = 100
	usPerNS              = 1e-3
	bytesPerMebibyte     = 1 << 20
	bytesPerKibibyte     = 1 << 10
)

// Values are the figures of one sample, indexed by Field; NaN is absent.
type Values [NumFields]float64

// NoValues is a sample without figures.
func NoValues() (v Values) {
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// empty reports whether no figure is there.
func (v *Values) empty() bool {
	for _, x := range v {
		if x == x {
			return false
		}
	}
	return true
}
