package telemetry

import (
	"math"
	"reflect"
	"testing"

	"tacho/engine/metric"
)

func gpuAt(uuid string, at int64, values map[Field]float64) *GPUSample {
	g := NewGPUSample(GPUID{UUID: uuid, Platform: metric.NVIDIA}, "s", at)
	for f, v := range values {
		g.Values[f] = v
	}
	return &g
}

func TestGPUStoreDelta(t *testing.T) {
	s := NewGPUStore()
	for _, c := range []struct {
		at int64
		v  float64
	}{{10, 5}, {20, 7}, {30, math.NaN()}, {40, 11}, {50, 12}, {60, 3}} {
		g := gpuAt("a", c.at, map[Field]float64{PowerUsage: 100})
		g.Values[EnergyUsed] = c.v
		if restarted := s.Add(g, false); restarted != (c.at == 60) {
			t.Errorf("at %d: restarted %v", c.at, restarted)
		}
	}
	d := s.GPUs()[0]
	for _, c := range []struct {
		start, end int64
		want       float64
		ok         bool
	}{
		{15, 50, 7, true},  // from the last before the window
		{20, 45, 6, true},  // the sample at the start is inside
		{1, 50, 7, true},   // nothing before: from the first inside
		{0, 50, 7, true},   // no bound
		{15, 60, 0, true},  // it started anew
		{25, 35, 0, false}, // only a sample without the figure
		{70, 80, 0, false}, // no samples
		{30, 40, 4, true},
	} {
		got, ok := d.Delta(EnergyUsed, c.start, c.end)
		if got != c.want || ok != c.ok {
			t.Errorf("Delta(%d, %d) = %v, %v, want %v, %v", c.start, c.end, got, ok, c.want, c.ok)
		}
	}
}

func TestGPUStoreDist(t *testing.T) {
	s := NewGPUStore()
	s.Add(gpuAt("a", 30, map[Field]float64{GPUUtil: 30}), false)
	s.Add(gpuAt("a", 10, map[Field]float64{GPUUtil: 10}), false) // out of order
	s.Add(gpuAt("a", 20, map[Field]float64{MemUsed: 1}), false)
	s.Add(gpuAt("a", 40, nil), false)
	d, ok := s.GPUs()[0].Dist(GPUUtil, 5, 40)
	if !ok || d.Avg != 20 || d.Min != 10 || d.Max != 30 || d.Sum != 40 || d.Count != 3 || d.P[4] != 20 || math.Abs(d.Std-math.Sqrt(200)) > 1e-12 {
		t.Errorf("%+v %v", d, ok)
	}
	if d, ok := s.GPUs()[0].Dist(GPUUtil, 30, 30); !ok || d.Std != 0 || d.Count != 1 {
		t.Errorf("of one sample: %+v %v", d, ok)
	}
	if _, ok := s.GPUs()[0].Dist(JPEGUtil, 0, 0); ok {
		t.Error("a figure that nobody told has statistics")
	}
	if first, last := s.Span(); first != 10 || last != 30 {
		t.Errorf("span %d %d", first, last)
	}
}

func TestGPUStoreThins(t *testing.T) {
	s := NewGPUStore()
	s.budget = 3000
	for i := range 4000 {
		s.Add(gpuAt("a", int64(i+1), map[Field]float64{PowerUsage: float64(i), EnergyUsed: float64(i)}), i == 2001)
	}
	d := s.GPUs()[0]
	if s.Thinned() == 0 || s.numbers > s.budget || len(d.times) > 1100 {
		t.Fatalf("thinned %d times, %d numbers, %d samples", s.Thinned(), s.numbers, len(d.times))
	}
	if d.times[0] != 1 || d.times[len(d.times)-1] != 4000 {
		t.Errorf("from %d to %d", d.times[0], d.times[len(d.times)-1])
	}
	kept := false
	for i, at := range d.times {
		if i > 0 && at <= d.times[i-1] {
			t.Fatal("the order is lost")
		}
		if d.cols[PowerUsage][i] != float64(at-1) || d.cols[EnergyUsed][i] != float64(at-1) {
			t.Fatal("times and values do not belong together")
		}
		kept = kept || at == 2002
	}
	if !kept {
		t.Error("a sample at the edge of a phase was dropped")
	}
	if p, _ := d.Dist(PowerUsage, 0, 0); math.Abs(p.Avg-2000) > 100 {
		t.Errorf("the mean became %v", p.Avg)
	}
	if e, _ := d.Delta(EnergyUsed, 2, 4000); e != 3999 {
		t.Errorf("the energy became %v", e)
	}
}

func TestEfficiency(t *testing.T) {
	totals := map[metric.Tag]float64{
		metric.TotalOSL: 1000, metric.TotalISL: 3000, metric.RequestCount: 10, metric.RequestLatency: 500,
		metric.RequestThroughput: 5, metric.OutputTokenThroughput: 500, metric.Goodput: 0,
	}
	get := func(tag metric.Tag) (float64, bool) { v, ok := totals[tag]; return v, ok }
	energy, power := NewGPUStore(), NewGPUStore()
	for i := range 3 {
		at := int64(i) * 1_000_000_000
		energy.Add(gpuAt("a", at+1, map[Field]float64{EnergyUsed: 1e-3 * float64(i), PowerUsage: 200}), false)
		power.Add(gpuAt("a", at+1, map[Field]float64{PowerUsage: 200}), false)
		power.Add(gpuAt("b", at+1, map[Field]float64{PowerUsage: 100}), false)
	}
	amd := NewGPUStore()
	g := NewGPUSample(GPUID{UUID: "x", Platform: metric.AMD}, "s", 1)
	g.Values[AMDPower] = 50
	amd.Add(&g, false)
	for _, c := range []struct {
		name        string
		store       *GPUStore
		concurrency int
		want        map[metric.Tag]float64
	}{
		{"counted energy", energy, 4, map[metric.Tag]float64{
			"nvidia_total_gpu_power": 200, "nvidia_total_gpu_energy": 2000, "nvidia_average_gpu_power": 1000, "nvidia_output_tokens_per_joule": 0.5,
			"nvidia_energy_per_output_token": 2000, "nvidia_energy_per_total_token": 500, "nvidia_energy_per_request": 200, "nvidia_energy_per_user": 500,
			"nvidia_energy_delay_product": 100, "nvidia_performance_per_watt": 0.005, "nvidia_output_tps_per_watt": 0.5, "nvidia_goodput_per_watt": 0,
		}},
		{"power alone, no concurrency", power, 0, map[metric.Tag]float64{
			"nvidia_total_gpu_power": 300, "nvidia_total_gpu_energy": 600, "nvidia_average_gpu_power": 300, "nvidia_output_tokens_per_joule": 1000.0 / 600,
			"nvidia_energy_per_output_token": 600, "nvidia_energy_per_total_token": 150, "nvidia_energy_per_request": 60, "nvidia_energy_delay_product": 30,
			"nvidia_performance_per_watt": 5.0 / 300, "nvidia_output_tps_per_watt": 500.0 / 300, "nvidia_goodput_per_watt": 0,
		}},
		{"the other vendor", amd, 0, map[metric.Tag]float64{
			"amd_total_gpu_power": 50, "amd_total_gpu_energy": 100, "amd_average_gpu_power": 50, "amd_output_tokens_per_joule": 10,
			"amd_energy_per_output_token": 100, "amd_energy_per_total_token": 25, "amd_energy_per_request": 10, "amd_energy_delay_product": 5,
			"amd_performance_per_watt": 0.1, "amd_output_tps_per_watt": 10, "amd_goodput_per_watt": 0,
		}},
		{"nothing", NewGPUStore(), 4, map[metric.Tag]float64{}},
	} {
		got := map[metric.Tag]float64{}
		for _, v := range c.store.Efficiency(1, 2_000_000_001, get, c.concurrency) {
			got[v.Tag] = math.Round(v.Value*1e9) / 1e9
		}
		for tag := range c.want {
			c.want[tag] = math.Round(c.want[tag]*1e9) / 1e9
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\ngot  %v\nwant %v", c.name, got, c.want)
		}
	}
}

func TestCost(t *testing.T) {
	// Eight GPUs for 20 an hour, half an hour, ten million tokens.
	if c := Cost(20, 1800); c != 10 {
		t.Errorf("cost %v", c)
	}
	if c, ok := CostPerMillion(20, 1800, 10e6); !ok || c != 1 {
		t.Errorf("per million %v %v", c, ok)
	}
	if j, ok := JoulesPer(5000, 1000); !ok || j != 5 {
		t.Errorf("joules %v %v", j, ok)
	}
	for name, ok := range map[string]bool{
		"no tokens": second(CostPerMillion(20, 10, 0)),
		"no work":   second(JoulesPer(10, 0)),
	} {
		if ok {
			t.Errorf("%s has a price", name)
		}
	}
}

func second(_ float64, ok bool) bool { return ok }

func TestThrottleWord(t *testing.T) {
	for bits, want := range map[uint64]string{0: "", 1: "", 2: "", 4: "power cap", 4 | 0x20: "heat", 0x80: "power brake", 0x100: "", 0x400: "reliability"} {
		if got := throttleWord(bits); got != want {
			t.Errorf("throttleWord(%#x) = %q, want %q", bits, got, want)
		}
	}
}

// What numpy 2 gives.
func TestNumbersAsNumpyMakesThem(t *testing.T) {
	v := make([]float64, 1000)
	for i := range v {
		v[i] = 0.1 * float64(i%7)
	}
	for _, c := range []struct {
		n         int
		sum, mean float64
		std, p99  float64
	}{
		{5, 1, 0.2, 0.158113883008419, 0.396},
		{23, 6.4, 0.2782608695652174, 0.208798558291632, 0.6000000000000001},
		{200, 59.400000000000006, 0.29700000000000004, 0.2002285126709784, 0.6000000000000001},
		{1000, 299.7, 0.29969999999999997, 0.19997474815561064, 0.6000000000000001},
	} {
		if got := sum(v[:c.n]); got != c.sum {
			t.Errorf("sum of %d = %v, want %v", c.n, got, c.sum)
		}
		if got := mean(v[:c.n]); got != c.mean {
			t.Errorf("mean of %d = %v, want %v", c.n, got, c.mean)
		}
		if got := sampleStd(v[:c.n]); got != c.std {
			t.Errorf("std of %d = %v, want %v", c.n, got, c.std)
		}
		if got := percentiles(v[:c.n])[8]; got != c.p99 {
			t.Errorf("p99 of %d = %v, want %v", c.n, got, c.p99)
		}
	}
	if got := median([]int64{5, 1, 9, 2}); got != 3.5 {
		t.Errorf("median %v", got)
	}
}
