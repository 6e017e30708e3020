//go:build !nonvml && cgo && linux

package telemetry

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/NVIDIA/go-nvml/pkg/nvml"
	"github.com/NVIDIA/go-nvml/pkg/nvml/mock"
	"github.com/NVIDIA/go-nvml/pkg/nvml/mock/dgxh100"

	"tacho/engine/metric"
)

const ok = nvml.SUCCESS

// fakeGPU is a GPU that supports all that is asked; tests take away or change
// what they are about.
func fakeGPU(uuid string) *mock.Device {
	return &mock.Device{
		GetUUIDFunc:                   func() (string, nvml.Return) { return uuid, ok },
		GetNameFunc:                   func() (string, nvml.Return) { return "NVIDIA H100 80GB HBM3", ok },
		GetPciInfoFunc:                func() (nvml.PciInfo, nvml.Return) { return nvml.PciInfo{BusId: [32]int8{'0', '1', ':'}}, ok },
		GetPowerUsageFunc:             func() (uint32, nvml.Return) { return 350_500, ok },
		GetEnforcedPowerLimitFunc:     func() (uint32, nvml.Return) { return 700_000, ok },
		GetUtilizationRatesFunc:       func() (nvml.Utilization, nvml.Return) { return nvml.Utilization{Gpu: 91, Memory: 40}, ok },
		GetMemoryInfoFunc:             func() (nvml.Memory, nvml.Return) { return nvml.Memory{Total: 80e9, Used: 60e9}, ok },
		GetTemperatureFunc:            func(nvml.TemperatureSensors) (uint32, nvml.Return) { return 64, ok },
		GetMaxClockInfoFunc:           func(nvml.ClockType) (uint32, nvml.Return) { return 1980, ok },
		GetDecoderUtilizationFunc:     func() (uint32, uint32, nvml.Return) { return 1, 0, ok },
		GetEncoderUtilizationFunc:     func() (uint32, uint32, nvml.Return) { return 2, 0, ok },
		GetJpgUtilizationFunc:         func() (uint32, uint32, nvml.Return) { return 3, 0, ok },
		GetMigModeFunc:                func() (int, int, nvml.Return) { return nvml.DEVICE_MIG_DISABLE, 0, ok },
		RegisterEventsFunc:            func(uint64, nvml.EventSet) nvml.Return { return ok },
		GetTotalEnergyConsumptionFunc: func() (uint64, nvml.Return) { return 5e9, ok },
		GetClockInfoFunc: func(c nvml.ClockType) (uint32, nvml.Return) {
			return map[nvml.ClockType]uint32{nvml.CLOCK_SM: 1755, nvml.CLOCK_MEM: 2619}[c], ok
		},
		GetViolationStatusFunc: func(nvml.PerfPolicyType) (nvml.ViolationTime, nvml.Return) {
			return nvml.ViolationTime{ViolationTime: 7000}, ok
		},
		GetPcieThroughputFunc: func(c nvml.PcieUtilCounter) (uint32, nvml.Return) {
			return map[nvml.PcieUtilCounter]uint32{nvml.PCIE_UTIL_TX_BYTES: 11, nvml.PCIE_UTIL_RX_BYTES: 22}[c], ok
		},
		GetFieldValuesFunc: func(f []nvml.FieldValue) nvml.Return {
			for i := range f {
				binary.NativeEndian.PutUint64(f[i].Value[:], uint64(1000*(i+1)))
			}
			return ok
		},
		GetCurrentClocksEventReasonsFunc: func() (uint64, nvml.Return) { return nvml.ClocksEventReasonSwPowerCap, ok },
		GetComputeRunningProcessesFunc: func() ([]nvml.ProcessInfo, nvml.Return) {
			return []nvml.ProcessInfo{{Pid: 1, UsedGpuMemory: 40e9}, {Pid: 2, UsedGpuMemory: 5e9}, {Pid: 3, UsedGpuMemory: math.MaxUint64}}, ok
		},
		GetProcessUtilizationFunc: func(since uint64) ([]nvml.ProcessUtilizationSample, nvml.Return) {
			return []nvml.ProcessUtilizationSample{{Pid: 1, TimeStamp: 1, SmUtil: 10}, {Pid: 1, TimeStamp: 2, SmUtil: 60}, {Pid: 2, TimeStamp: 2, SmUtil: 15}}, ok
		},
	}
}

// fakeLib is a machine with these GPUs and without a performance monitor.
func fakeLib(devices ...nvml.Device) *mock.Interface {
	return &mock.Interface{
		InitFunc:           func() nvml.Return { return ok },
		ShutdownFunc:       func() nvml.Return { return ok },
		DeviceGetCountFunc: func() (int, nvml.Return) { return len(devices), ok },
		DeviceGetHandleByIndexFunc: func(i int) (nvml.Device, nvml.Return) {
			if devices[i] == nil {
				return nil, nvml.ERROR_GPU_IS_LOST
			}
			return devices[i], ok
		},
		GpmQueryDeviceSupportFunc: func(nvml.Device) (nvml.GpmSupport, nvml.Return) { return nvml.GpmSupport{}, nvml.ERROR_NOT_SUPPORTED },
		EventSetCreateFunc:        func() (nvml.EventSet, nvml.Return) { return nil, nvml.ERROR_NOT_SUPPORTED },
	}
}

func openFake(t *testing.T, lib nvml.Interface) *nvmlSource {
	t.Helper()
	s, err := openNVML(lib)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readFake(t *testing.T, s *nvmlSource) GPUReading {
	t.Helper()
	r, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNVMLReadsAllFigures(t *testing.T) {
	s := openFake(t, fakeLib(fakeGPU("GPU-0"), fakeGPU("GPU-1")))
	defer s.Close()
	r := readFake(t, s)
	if len(r.Samples) != 2 || r.Missing != "" {
		t.Fatalf("%d samples, missing %q", len(r.Samples), r.Missing)
	}
	g := r.Samples[1]
	want := GPUID{Index: 1, UUID: "GPU-1", Model: "NVIDIA H100 80GB HBM3", PCIBusID: "01:", Device: "nvidia1", Host: "localhost", Platform: metric.NVIDIA}
	if g.GPUID != want || g.Source != NVMLSource || g.AtNS == 0 {
		t.Errorf("got %+v from %s", g.GPUID, g.Source)
	}
	for f, want := range map[Field]float64{
		PowerUsage: 350.5, EnergyUsed: 5, GPUUtil: 91, MemUtil: 40, MemUsed: 60, Temperature: 64, SMUtil: 75,
		DecoderUtil: 1, EncoderUtil: 2, JPEGUtil: 3, PowerViolation: 7,
	} {
		if got := g.Values[f]; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", Fields[f].Tag, got, want)
		}
	}
	if !math.IsNaN(g.Values[XIDErrors]) || !math.IsNaN(g.Values[AMDPower]) {
		t.Error("a figure that nobody told is there")
	}
	d := g.Detail
	for name, v := range map[string][2]float64{
		"limit": {d.PowerLimit, 700}, "total": {d.MemTotal, 80e9}, "sm": {d.SMClock, 1755}, "max": {d.SMClockMax, 1980}, "mem": {d.MemClock, 2619},
		"tx": {d.PCIeTx, 11_000}, "rx": {d.PCIeRx, 22_000}, "processes": {float64(d.Processes), 3}, "process memory": {d.ProcessMem, 45e9},
	} {
		if v[0] != v[1] {
			t.Errorf("%s is %v, want %v", name, v[0], v[1])
		}
	}
	if d.Throttle != "power cap" || !math.IsNaN(d.NVLinkTx) {
		t.Errorf("throttle %q, nvlink %v before a second reading", d.Throttle, d.NVLinkTx)
	}
}

func TestNVMLFiguresThatAreNotSupported(t *testing.T) {
	dev := fakeGPU("GPU-0")
	asked := 0
	dev.GetPowerUsageFunc = func() (uint32, nvml.Return) { asked++; return 0, nvml.ERROR_NOT_SUPPORTED }
	dev.GetUtilizationRatesFunc = func() (nvml.Utilization, nvml.Return) { return nvml.Utilization{}, nvml.ERROR_NOT_SUPPORTED }
	dev.GetClockInfoFunc = func(nvml.ClockType) (uint32, nvml.Return) { return 0, nvml.ERROR_NOT_SUPPORTED }
	dev.GetEnforcedPowerLimitFunc = func() (uint32, nvml.Return) { return 0, nvml.ERROR_NO_PERMISSION }
	dev.GetComputeRunningProcessesFunc = func() ([]nvml.ProcessInfo, nvml.Return) { return nil, nvml.ERROR_NOT_SUPPORTED }
	dev.GetCurrentClocksEventReasonsFunc = func() (uint64, nvml.Return) { return 0, nvml.ERROR_FUNCTION_NOT_FOUND }
	dev.GetProcessUtilizationFunc = func(uint64) ([]nvml.ProcessUtilizationSample, nvml.Return) { return nil, nvml.ERROR_NOT_SUPPORTED }
	// A failure that may pass is tried again.
	temperatures := 0
	dev.GetTemperatureFunc = func(nvml.TemperatureSensors) (uint32, nvml.Return) {
		if temperatures++; temperatures == 1 {
			return 0, nvml.ERROR_UNKNOWN
		}
		return 50, ok
	}
	s := openFake(t, fakeLib(dev))
	defer s.Close()
	first, second := readFake(t, s).Samples[0], readFake(t, s).Samples[0]
	for _, f := range []Field{PowerUsage, GPUUtil, MemUtil, SMUtil} {
		if !math.IsNaN(second.Values[f]) {
			t.Errorf("%s is %v, want it absent", Fields[f].Tag, second.Values[f])
		}
	}
	d := second.Detail
	if !math.IsNaN(d.SMClock) || !math.IsNaN(d.PowerLimit) || d.Processes != -1 || !math.IsNaN(d.ProcessMem) || d.Throttle != "" {
		t.Errorf("detail %+v", d)
	}
	if asked != 1 {
		t.Errorf("what is not supported was asked %d times", asked)
	}
	if !math.IsNaN(first.Values[Temperature]) || second.Values[Temperature] != 50 {
		t.Errorf("temperatures %v, %v", first.Values[Temperature], second.Values[Temperature])
	}
}

func TestNVMLGPUThatIsLost(t *testing.T) {
	lost := fakeGPU("GPU-1")
	s := openFake(t, fakeLib(fakeGPU("GPU-0"), lost, nil))
	defer s.Close()
	if n := len(readFake(t, s).Samples); n != 2 {
		t.Fatalf("%d GPUs, want the two that may be read", n)
	}
	gone := nvml.ERROR_GPU_IS_LOST
	lost.GetPowerUsageFunc = func() (uint32, nvml.Return) { return 0, gone }
	lost.GetTotalEnergyConsumptionFunc = func() (uint64, nvml.Return) { return 0, gone }
	lost.GetUtilizationRatesFunc = func() (nvml.Utilization, nvml.Return) { return nvml.Utilization{}, gone }
	lost.GetMemoryInfoFunc = func() (nvml.Memory, nvml.Return) { return nvml.Memory{}, gone }
	lost.GetTemperatureFunc = func(nvml.TemperatureSensors) (uint32, nvml.Return) { return 0, gone }
	for _, f := range []*func() (uint32, uint32, nvml.Return){&lost.GetDecoderUtilizationFunc, &lost.GetEncoderUtilizationFunc, &lost.GetJpgUtilizationFunc} {
		*f = func() (uint32, uint32, nvml.Return) { return 0, 0, gone }
	}
	lost.GetViolationStatusFunc = func(nvml.PerfPolicyType) (nvml.ViolationTime, nvml.Return) { return nvml.ViolationTime{}, gone }
	lost.GetProcessUtilizationFunc = func(uint64) ([]nvml.ProcessUtilizationSample, nvml.Return) { return nil, gone }
	r := readFake(t, s)
	if len(r.Samples) != 1 || r.Samples[0].UUID != "GPU-0" || r.Missing != "GPU 1 is lost" {
		t.Errorf("%d samples, missing %q", len(r.Samples), r.Missing)
	}
}

// A GPU whose driver call does not return holds up nobody, and is asked again
// only once it has.
func TestNVMLGPUThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		hangs := fakeGPU("GPU-1")
		var calls atomic.Int64
		hangs.GetPowerUsageFunc = func() (uint32, nvml.Return) { calls.Add(1); <-free; return 1000, ok }
		s := openFake(t, fakeLib(fakeGPU("GPU-0"), hangs))
		for range 3 {
			began := time.Now()
			r := readFake(t, s)
			if len(r.Samples) != 1 || r.Missing != "GPU 1 does not answer" {
				t.Errorf("%d samples, missing %q", len(r.Samples), r.Missing)
			}
			if d := time.Since(began); d > nvmlPatience {
				t.Errorf("it took %v", d)
			}
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("the GPU was asked %d times while it hung", n)
		}
		s.Close() // must not hang
		close(free)
		synctest.Wait()
		if r := readFake(t, s); len(r.Samples) != 2 {
			t.Errorf("%d samples after it came back", len(r.Samples))
		}
		s.Close()
	})
}

func TestNVMLInstances(t *testing.T) {
	part := &mock.Device{
		GetUUIDFunc:              func() (string, nvml.Return) { return "MIG-1", ok },
		GetNameFunc:              func() (string, nvml.Return) { return "NVIDIA A100-SXM4-40GB MIG 1g.5gb", ok },
		GetGpuInstanceIdFunc:     func() (int, nvml.Return) { return 7, ok },
		GetComputeInstanceIdFunc: func() (int, nvml.Return) { return 0, nvml.ERROR_NOT_SUPPORTED },
		GetMemoryInfoFunc:        func() (nvml.Memory, nvml.Return) { return nvml.Memory{Total: 5e9, Used: 1e9}, ok },
	}
	dev := fakeGPU("GPU-0")
	dev.GetMigModeFunc = func() (int, int, nvml.Return) { return nvml.DEVICE_MIG_ENABLE, nvml.DEVICE_MIG_ENABLE, ok }
	dev.GetMaxMigDeviceCountFunc = func() (int, nvml.Return) { return 3, ok }
	dev.GetMigDeviceHandleByIndexFunc = func(i int) (nvml.Device, nvml.Return) {
		if i == 1 {
			return part, ok
		}
		return nil, nvml.ERROR_NOT_FOUND
	}
	dev.GetUtilizationRatesFunc = func() (nvml.Utilization, nvml.Return) { return nvml.Utilization{}, nvml.ERROR_NOT_SUPPORTED }
	s := openFake(t, fakeLib(dev))
	defer s.Close()
	g := readFake(t, s).Samples[0]
	if len(g.Detail.MIG) != 1 {
		t.Fatalf("instances %+v", g.Detail.MIG)
	}
	m := g.Detail.MIG[0]
	if m.UUID != "MIG-1" || m.Profile != "1g.5gb" || m.GI != 7 || m.CI != -1 || m.MemUsed != 1e9 || m.MemTotal != 5e9 {
		t.Errorf("instance %+v", m)
	}
	if !math.IsNaN(g.Values[GPUUtil]) {
		t.Error("a GPU in instances has a utilization")
	}
}

func TestNVMLReportsOfErrors(t *testing.T) {
	dev := fakeGPU("GPU-0")
	silent := fakeGPU("GPU-1")
	silent.RegisterEventsFunc = func(uint64, nvml.EventSet) nvml.Return { return nvml.ERROR_NOT_SUPPORTED }
	var queue []nvml.EventData
	set := &mock.EventSet{
		WaitFunc: func(ms uint32) (nvml.EventData, nvml.Return) {
			if ms != 0 {
				t.Errorf("the driver was waited for, %d ms", ms)
			}
			if len(queue) == 0 {
				return nvml.EventData{}, nvml.ERROR_TIMEOUT
			}
			e := queue[0]
			queue = queue[1:]
			return e, ok
		},
		FreeFunc: func() nvml.Return { return ok },
	}
	lib := fakeLib(dev, silent)
	lib.EventSetCreateFunc = func() (nvml.EventSet, nvml.Return) { return set, ok }
	s := openFake(t, lib)
	defer s.Close()
	r := readFake(t, s)
	if r.Samples[0].Values[XIDErrors] != 0 || !math.IsNaN(r.Samples[1].Values[XIDErrors]) {
		t.Errorf("before any: %v, %v", r.Samples[0].Values[XIDErrors], r.Samples[1].Values[XIDErrors])
	}
	queue = []nvml.EventData{{Device: dev, EventType: nvml.EventTypeXidCriticalError, EventData: 31}, {Device: dev, EventType: nvml.EventTypeXidCriticalError, EventData: 79}}
	if v := readFake(t, s).Samples[0].Values[XIDErrors]; v != 79 {
		t.Errorf("the last error is %v, want 79", v)
	}
}

func TestNVMLPerformanceMonitor(t *testing.T) {
	dev := fakeGPU("GPU-0")
	dev.GetPcieThroughputFunc = func(nvml.PcieUtilCounter) (uint32, nvml.Return) {
		t.Error("the slow way was taken")
		return 0, ok
	}
	freed := 0
	lib := fakeLib(dev)
	lib.GpmQueryDeviceSupportFunc = func(nvml.Device) (nvml.GpmSupport, nvml.Return) { return nvml.GpmSupport{IsSupportedDevice: 1}, ok }
	lib.GpmSampleAllocFunc = func() (nvml.GpmSample, nvml.Return) {
		return &mock.GpmSample{GetFunc: func(nvml.Device) nvml.Return { return ok }, FreeFunc: func() nvml.Return { freed++; return ok }}, ok
	}
	lib.GpmMetricsGetFunc = func(m *nvml.GpmMetricsGetType) nvml.Return {
		for i := range m.NumMetrics {
			m.Metrics[i].Value = float64(m.Metrics[i].MetricId)
		}
		m.Metrics[3].NvmlReturn = uint32(nvml.ERROR_NOT_SUPPORTED)
		return ok
	}
	s := openFake(t, lib)
	g := readFake(t, s).Samples[0]
	if g.Values[SMUtil] != float64(nvml.GPM_METRIC_SM_UTIL) || g.Detail.PCIeTx != 20*bytesPerMebibyte || g.Detail.PCIeRx != 21*bytesPerMebibyte {
		t.Errorf("sm %v, pcie %v %v", g.Values[SMUtil], g.Detail.PCIeTx, g.Detail.PCIeRx)
	}
	if !math.IsNaN(g.Detail.NVLinkTx) || g.Detail.NVLinkRx != 60*bytesPerMebibyte {
		t.Errorf("nvlink %v %v", g.Detail.NVLinkTx, g.Detail.NVLinkRx)
	}
	s.Close()
	if freed != 2 {
		t.Errorf("%d of 2 samples were freed", freed)
	}
}

func TestNVMLLinkRates(t *testing.T) {
	var c linkCounter
	now := time.Unix(1000, 0)
	for i, step := range []struct{ bytes, want float64 }{{100, math.NaN()}, {300, 100}, {250, math.NaN()}, {251, 0.5}} {
		got := c.rate(step.bytes, now.Add(time.Duration(i)*2*time.Second))
		if got != step.want && !(math.IsNaN(got) && math.IsNaN(step.want)) {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
}

func TestNVMLThatIsNotThere(t *testing.T) {
	fails := func(ret nvml.Return) *mock.Interface {
		l := fakeLib()
		l.InitFunc = func() nvml.Return { return ret }
		return l
	}
	forbidden := fakeLib(nil)
	for name, c := range map[string]struct {
		lib  nvml.Interface
		want string
	}{
		"no library":    {fails(nvml.ERROR_LIBRARY_NOT_FOUND), "libnvidia-ml.so.1 was not found; install the NVIDIA driver"},
		"no driver":     {fails(nvml.ERROR_DRIVER_NOT_LOADED), "nvidia-smi"},
		"no GPU":        {fakeLib(), "it shows no GPU"},
		"none readable": {forbidden, "none of its GPUs may be read"},
	} {
		_, err := openNVML(c.lib)
		if !errors.Is(err, errNoNVML) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
}

// The mock of a DGX knows names and memory alone: what else is asked of it fails
// the test, so it stands for a machine whose identity only is read.
func TestNVMLIdentityOfADGX(t *testing.T) {
	lib := dgxh100.New()
	n, ret := lib.DeviceGetCount()
	if ret != ok || n != 8 {
		t.Fatalf("%d GPUs, %v", n, ret)
	}
	seen := map[string]bool{}
	for i := range n {
		dev, ret := lib.DeviceGetHandleByIndex(i)
		if ret != ok {
			t.Fatal(ret)
		}
		id := nvmlID(dev, i)
		if !strings.Contains(id.Model, "H100") || !strings.HasPrefix(id.UUID, "GPU-") || seen[id.UUID] {
			t.Errorf("GPU %d is %+v", i, id)
		}
		seen[id.UUID] = true
	}
}

func BenchmarkNVMLEightGPUs(b *testing.B) {
	var devices []nvml.Device
	for range 8 {
		devices = append(devices, fakeGPU("GPU"))
	}
	s, err := openNVML(fakeLib(devices...))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Read(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
