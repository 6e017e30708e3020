package telemetry

import (
	"math"
	"testing"

	"tacho/engine/metric"
)

const dcgmText = `# HELP DCGM_FI_DEV_SM_CLOCK SM clock frequency (in MHz).
# TYPE DCGM_FI_DEV_SM_CLOCK gauge
DCGM_FI_DEV_SM_CLOCK{gpu="1",UUID="GPU-b",pci_bus_id="00000000:02:00.0",device="nvidia1",modelName="H100",Hostname="node",namespace="ai",pod="vllm-0",container="c"} 1755
DCGM_FI_DEV_SM_CLOCK{gpu="0",UUID="GPU-a",pci_bus_id="00000000:01:00.0",device="nvidia0",modelName="H100",Hostname="node"} 1980
# TYPE DCGM_FI_DEV_POWER_USAGE gauge
DCGM_FI_DEV_POWER_USAGE{gpu="1",UUID="GPU-b"} 121.016
DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a"} 110
# TYPE DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION counter
DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="1",UUID="GPU-b"} 9018053571
# TYPE DCGM_FI_DEV_POWER_VIOLATION_total counter
DCGM_FI_DEV_POWER_VIOLATION_total{gpu="1",UUID="GPU-b"} 45133
# TYPE DCGM_FI_DEV_FB_FREE gauge
DCGM_FI_DEV_FB_FREE{gpu="1",UUID="GPU-b"} 10000
# TYPE DCGM_FI_DEV_FB_USED gauge
DCGM_FI_DEV_FB_USED{gpu="1",UUID="GPU-b"} 71000
# TYPE DCGM_FI_DEV_FB_RESERVED gauge
DCGM_FI_DEV_FB_RESERVED{gpu="1",UUID="GPU-b"} 559
# TYPE DCGM_FI_PROF_SM_ACTIVE gauge
DCGM_FI_PROF_SM_ACTIVE{gpu="1",UUID="GPU-b"} 0.4
# TYPE DCGM_FI_DEV_CLOCKS_EVENT_REASONS gauge
DCGM_FI_DEV_CLOCKS_EVENT_REASONS{gpu="1",UUID="GPU-b"} 68
# TYPE DCGM_FI_PROF_NVLINK_TX_BYTES gauge
DCGM_FI_PROF_NVLINK_TX_BYTES{gpu="1",UUID="GPU-b"} 5e9
# TYPE DCGM_FI_DEV_GPU_UTIL gauge
DCGM_FI_DEV_GPU_UTIL{gpu="1",UUID="GPU-b"} NaN
DCGM_FI_DEV_GPU_UTIL{gpu="x",UUID="GPU-x"} 5
# TYPE other gauge
other 5
`

func samplesOf(t *testing.T, text string) []GPUSample {
	t.Helper()
	p, err := parsePage([]byte(text), maxSeries, false)
	if err != nil {
		t.Fatal(err)
	}
	g := gpuPage{source: "http://node:9400/metrics"}
	return g.samples(p, 77)
}

func TestDCGMPage(t *testing.T) {
	list := samplesOf(t, dcgmText)
	if len(list) != 2 {
		t.Fatalf("%d GPUs, want 2", len(list))
	}
	g := list[0]
	want := GPUID{1, "GPU-b", "H100", "00000000:02:00.0", "nvidia1", "node", "ai", "vllm-0", metric.NVIDIA}
	if g.GPUID != want || g.AtNS != 77 || g.Source != "http://node:9400/metrics" {
		t.Errorf("got %+v", g.GPUID)
	}
	// The factors are AIPerf's, so the numbers are, to the last digit.
	for f, want := range map[Field]float64{
		PowerUsage: 121.016, EnergyUsed: 9.018053571000001, MemUsed: 74.448896, SMUtil: 40, PowerViolation: 45.133,
	} {
		if g.Values[f] != want {
			t.Errorf("%s is %v, want %v", Fields[f].Tag, g.Values[f], want)
		}
	}
	if !math.IsNaN(g.Values[GPUUtil]) || !math.IsNaN(g.Values[Temperature]) {
		t.Error("a figure that is not there has a value")
	}
	d := g.Detail
	if d.SMClock != 1755 || d.MemTotal != 81559*bytesPerMebibyte || d.Throttle != "heat (hardware)" || d.NVLinkTx != 5e9 || !math.IsNaN(d.PCIeTx) {
		t.Errorf("detail %+v", d)
	}
	if b := list[1]; b.Index != 0 || b.Values[PowerUsage] != 110 || !math.IsNaN(b.Values[EnergyUsed]) {
		t.Errorf("the other is %+v", b)
	}
}

// A page that joins two hosts has two GPUs of each number.
func TestPageOfSeveralHosts(t *testing.T) {
	list := samplesOf(t, `# TYPE DCGM_FI_DEV_POWER_USAGE gauge
DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a",Hostname="one"} 100
DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-b",Hostname="two"} 200
# TYPE gpu_package_power gauge
gpu_package_power{gpu_id="0",hostname="one"} 300
gpu_package_power{gpu_id="0",hostname="two"} 400
`)
	if len(list) != 4 {
		t.Fatalf("%d GPUs, want 4", len(list))
	}
	for i, want := range []float64{100, 200, 300, 400} {
		v := list[i].Values[PowerUsage]
		if list[i].Platform == metric.AMD {
			v = list[i].Values[AMDPower]
		}
		if v != want {
			t.Errorf("GPU %d of %s has %v W, want %v", i, list[i].Host, v, want)
		}
	}
}

func TestDCGMPageOfInstances(t *testing.T) {
	list := samplesOf(t, `DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a",GPU_I_PROFILE="1g.10gb",GPU_I_ID="7"} 200
DCGM_FI_DEV_POWER_USAGE{gpu="0",UUID="GPU-a",GPU_I_PROFILE="2g.20gb",GPU_I_ID="3"} 200
DCGM_FI_DEV_FB_FREE{gpu="0",UUID="GPU-a",GPU_I_PROFILE="1g.10gb",GPU_I_ID="7"} 9000
DCGM_FI_DEV_FB_FREE{gpu="0",UUID="GPU-a",GPU_I_PROFILE="2g.20gb",GPU_I_ID="3"} 15000
DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-a",GPU_I_PROFILE="1g.10gb",GPU_I_ID="7"} 1000
DCGM_FI_DEV_FB_USED{gpu="0",UUID="GPU-a",GPU_I_PROFILE="2g.20gb",GPU_I_ID="3"} 5000
DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-a"} 50
DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-a",GPU_I_PROFILE="1g.10gb",GPU_I_ID="7"} 99
`)
	if len(list) != 1 || len(list[0].Detail.MIG) != 2 {
		t.Fatalf("got %+v", list)
	}
	g := list[0]
	if g.Values[PowerUsage] != 200 || g.Values[Temperature] != 50 {
		t.Errorf("power %v, temperature %v", g.Values[PowerUsage], g.Values[Temperature])
	}
	if want := 6000 * gigabytesPerMebibyte; math.Abs(g.Values[MemUsed]-want) > 1e-9 {
		t.Errorf("memory %v, want %v", g.Values[MemUsed], want)
	}
	m := g.Detail.MIG[1]
	if m.GI != 3 || m.Profile != "2g.20gb" || math.Abs(m.MemUsed-5000*bytesPerMebibyte) > 1 || math.Abs(m.MemTotal-20000*bytesPerMebibyte) > 1 {
		t.Errorf("instance %+v", m)
	}
	if math.Abs(g.Detail.MemTotal-30000*bytesPerMebibyte) > 1 {
		t.Errorf("total %v", g.Detail.MemTotal)
	}
}

func TestAMDPage(t *testing.T) {
	const labels = `card_model="102-G30211-0C",card_series="AMD Instinct MI300X OAM",card_vendor="AMD",gpu_id="2",gpu_uuid="ccff74a1",hostname="tw038",namespace="ai",pod="p",serial_number="6924"`
	list := samplesOf(t, `# TYPE gpu_power_usage gauge
gpu_power_usage{`+labels+`} 700
# TYPE gpu_package_power gauge
gpu_package_power{`+labels+`} 751
# TYPE gpu_average_package_power gauge
gpu_average_package_power{`+labels+`} 1
# TYPE gpu_energy_consumed gauge
gpu_energy_consumed{`+labels+`} 1.4e17
# TYPE gpu_used_vram gauge
gpu_used_vram{`+labels+`} 183265
# TYPE gpu_total_vram gauge
gpu_total_vram{`+labels+`} 196288
# TYPE gpu_junction_temperature gauge
gpu_junction_temperature{`+labels+`} 76
# TYPE gpu_gfx_activity gauge
gpu_gfx_activity{`+labels+`} 88
# TYPE gpu_umc_activity gauge
gpu_umc_activity{`+labels+`} 31
# TYPE gpu_ecc_uncorrect_total gauge
gpu_ecc_uncorrect_total{`+labels+`} 2
# TYPE gpu_clock gauge
gpu_clock{`+labels+`,clock_type="GPU_CLOCK_TYPE_SYSTEM",clock_index="0"} 1533
gpu_clock{`+labels+`,clock_type="system",clock_index="1"} 1400
gpu_clock{`+labels+`,clock_type="memory",clock_index="8"} 1292
gpu_clock{`+labels+`,clock_type="video",clock_index="9"} 29
`)
	if len(list) != 1 {
		t.Fatalf("got %+v", list)
	}
	g := list[0]
	want := GPUID{2, "ccff74a1", "AMD Instinct MI300X OAM", "", "amd2", "tw038", "ai", "p", metric.AMD}
	if g.GPUID != want {
		t.Errorf("got %+v", g.GPUID)
	}
	for f, want := range map[Field]float64{
		AMDPower: 751, AMDEnergy: 140000, AMDGFXActivity: 88, AMDUMCActivity: 31, AMDMemUsed: 183265 * gigabytesPerMebibyte, AMDTemperature: 76, AMDECC: 2,
	} {
		if math.Abs(g.Values[f]-want) > 1e-9*want {
			t.Errorf("%s is %v, want %v", Fields[f].Tag, g.Values[f], want)
		}
	}
	if !math.IsNaN(g.Values[AMDMMActivity]) || !math.IsNaN(g.Values[PowerUsage]) {
		t.Error("a figure that is not there has a value")
	}
	if d := g.Detail; d.SMClock != 1400 || d.MemClock != 1292 || d.MemTotal != 196288*bytesPerMebibyte {
		t.Errorf("detail %+v", d)
	}
	// Older exporters shout, and a prefix can be set.
	if list := samplesOf(t, `amd_GPU_PACKAGE_POWER{gpu_id="0",serial_number="s"} 5`+"\n"); len(list) != 1 || list[0].Values[AMDPower] != 5 || list[0].UUID != "s" {
		t.Errorf("with a prefix: %+v", list)
	}
}
