package telemetry

import (
	"math"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// GPUID says which GPU it is. Empty texts are not told.
type GPUID struct {
	Index                int
	UUID, Model          string
	PCIBusID, Device     string
	Host, Namespace, Pod string
	Platform             metric.Vendor
}

// GPUSample is one GPU at one moment.
type GPUSample struct {
	GPUID
	// AtNS is the time of the sample, Unix nanoseconds.
	AtNS int64
	// Source is the address of the page, or pynvml://localhost and
	// amdsmi://localhost for the driver of this machine, as AIPerf writes it.
	Source string
	Values Values
	// Detail is what AIPerf's files have no place for.
	Detail GPUDetail
	// Extra are figures that are not in Fields, in the order of the page or line.
	Extra []ExtraValue
}

// ExtraValue is a figure that is not in Fields.
type ExtraValue struct {
	Tag   string
	Value float64
}

// GPUDetail is shown live and not written. NaN is absent.
type GPUDetail struct {
	MemTotal            float64 // bytes
	PowerLimit          float64 // W
	SMClock, SMClockMax float64 // MHz
	MemClock            float64
	PCIeTx, PCIeRx      float64 // bytes per second
	NVLinkTx, NVLinkRx  float64
	ProcessMem          float64 // bytes
	Processes           int     // -1 unknown
	Throttle            string
	MIG                 []snap.MIG
}

// noDetail is a GPUDetail without figures.
func noDetail() GPUDetail {
	nan := math.NaN()
	return GPUDetail{
		MemTotal: nan, PowerLimit: nan, SMClock: nan, SMClockMax: nan, MemClock: nan, PCIeTx: nan, PCIeRx: nan,
		NVLinkTx: nan, NVLinkRx: nan, ProcessMem: nan, Processes: -1,
	}
}

// NewGPUSample is a sample without figures.
func NewGPUSample(id GPUID, source string, atNS int64) GPUSample {
	return GPUSample{GPUID: id, AtNS: atNS, Source: source, Values: NoValues(), Detail: noDetail()}
}

// The names of the local sources in AIPerf's files.
const (
	NVMLSource   = "pynvml://localhost"
	AMDSMISource = "amdsmi://localhost"
)
