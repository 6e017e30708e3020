package telemetry

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// gpuPage makes samples of the pages of one exporter: NVIDIA's DCGM exporter or
// AMD's device metrics exporter. Which column is which figure of which GPU is
// worked out once for each shape.
type gpuPage struct {
	source  string
	extra   []ExtraField // read besides those of Fields
	shape   *Shape
	order   []int // of extra on the page
	ids     []GPUID
	columns []gpuColumn
	mig     [][]snap.MIG // of each GPU, without numbers
}

// gpuColumn is one number of the page.
type gpuColumn struct {
	column, gpu, instance int // instance -1: of the GPU itself
	put                   func(*gpuDraft, float64)
}

// gpuDraft is a sample in the making.
type gpuDraft struct {
	GPUSample
	// memFree and memReserved are bytes, to make the total of.
	memFree, memReserved float64
	extra                []float64 // NaN is absent
	// ranks is how good the source of a figure is that has several, lower
	// first; direct says that it is of the GPU and not of its instances.
	ranks  map[Field]int
	direct map[Field]bool
}

// samples makes the samples of a page: one for each GPU that has a figure of
// AIPerf's, in the order in which they first appear.
func (g *gpuPage) samples(p *parsed, atNS int64) []GPUSample {
	if p.shape != g.shape {
		g.learn(p.shape)
	}
	drafts := make([]gpuDraft, len(g.ids))
	for i := range drafts {
		d := &drafts[i]
		d.GPUSample = NewGPUSample(g.ids[i], g.source, atNS)
		d.memFree, d.memReserved = nan, nan
		d.extra = slices.Repeat([]float64{nan}, len(g.extra))
		d.Detail.MIG = append([]snap.MIG(nil), g.mig[i]...)
	}
	for _, c := range g.columns {
		if v := p.values[c.column]; v == v {
			c.put(&drafts[c.gpu], v)
		}
	}
	out := make([]GPUSample, 0, len(drafts))
	for i := range drafts {
		d := &drafts[i]
		d.total()
		for _, x := range g.order {
			if v := d.extra[x]; v == v {
				d.Extra = append(d.Extra, ExtraValue{g.extra[x].Tag, v})
			}
		}
		if !d.Values.empty() || len(d.Extra) > 0 {
			out = append(out, d.GPUSample)
		}
	}
	return out
}

// total makes the sizes of memories of their parts.
func (d *gpuDraft) total() {
	for i := range d.Detail.MIG {
		d.Detail.MIG[i].MemTotal += d.Detail.MIG[i].MemUsed
	}
	if d.Detail.MemTotal == d.Detail.MemTotal || d.memFree != d.memFree {
		return
	}
	used := d.Values[MemUsed]
	if d.Platform == metric.AMD {
		used = d.Values[AMDMemUsed]
	}
	if used == used {
		d.Detail.MemTotal = used/gigabytesPerByte + d.memFree
		if d.memReserved == d.memReserved {
			d.Detail.MemTotal += d.memReserved
		}
	}
}

// learn works out the columns of a shape.
func (g *gpuPage) learn(shape *Shape) {
	*g = gpuPage{source: g.source, extra: g.extra, shape: shape}
	at := map[string]int{}
	for i := range shape.Families {
		f := &shape.Families[i]
		if f.Kind == Histogram {
			continue
		}
		name := strings.TrimSuffix(f.Name, "_total")
		extra := slices.IndexFunc(g.extra, func(x ExtraField) bool { return x.DCGM == name })
		if extra >= 0 && !slices.Contains(g.order, extra) {
			g.order = append(g.order, extra)
		}
		for j := range f.Series {
			x := &f.Series[j]
			id, ok := gpuIdentity(f.Name, x.Labels)
			if !ok {
				continue
			}
			key := id.key()
			gpu, seen := at[key]
			if !seen {
				gpu, at[key] = len(g.ids), len(g.ids)
				g.ids, g.mig = append(g.ids, id), append(g.mig, nil)
			}
			instance := g.instance(gpu, x.Labels)
			if put := gpuPutter(id.Platform, name, f.Name, x.Labels, instance); put != nil {
				g.columns = append(g.columns, gpuColumn{x.Column, gpu, instance, put})
			}
			if extra >= 0 && id.Platform == metric.NVIDIA {
				put := func(d *gpuDraft, x float64) { d.set(NumFields+Field(extra), x, instance) }
				g.columns = append(g.columns, gpuColumn{x.Column, gpu, instance, put})
			}
		}
	}
}

// key tells GPUs of a page apart, which may join several hosts.
func (id *GPUID) key() string {
	if id.UUID == "" || id.UUID == amdUUID(id.Index) {
		return string(id.Platform) + id.Host + "/" + strconv.Itoa(id.Index)
	}
	return string(id.Platform) + id.UUID
}

// amdUUID stands for a GPU whose page tells no UUID.
func amdUUID(index int) string { return "amd-" + strconv.Itoa(index) }

// instance is the number of the MIG instance among those of its GPU, -1 for a
// series of the GPU itself.
func (g *gpuPage) instance(gpu int, labels []Label) int {
	gi, profile := -1, ""
	for _, l := range labels {
		switch l.Name {
		case "GPU_I_ID":
			if n, err := strconv.Atoi(l.Value); err == nil {
				gi = n
			}
		case "GPU_I_PROFILE":
			profile = l.Value
		}
	}
	if gi < 0 {
		return -1
	}
	for i, m := range g.mig[gpu] {
		if m.GI == gi {
			return i
		}
	}
	g.mig[gpu] = append(g.mig[gpu], snap.MIG{Profile: profile, GI: gi, CI: -1, MemUsed: nan, MemTotal: nan})
	return len(g.mig[gpu]) - 1
}

// gpuIdentity tells the GPU of a series by its labels; false when it is of none.
func gpuIdentity(name string, labels []Label) (id GPUID, ok bool) {
	get := func(name string) string {
		for _, l := range labels {
			if l.Name == name {
				return l.Value
			}
		}
		return ""
	}
	if index := get("gpu"); index != "" {
		n, err := strconv.Atoi(index)
		return GPUID{
			Index: n, UUID: get("UUID"), Model: get("modelName"), PCIBusID: get("pci_bus_id"), Device: get("device"),
			Host: get("Hostname"), Namespace: get("namespace"), Pod: get("pod"), Platform: metric.NVIDIA,
		}, err == nil
	}
	if index := get("gpu_id"); index != "" && strings.Contains(strings.ToLower(name), "gpu_") {
		n, err := strconv.Atoi(index)
		return GPUID{
			Index: n, UUID: cmp.Or(get("gpu_uuid"), get("serial_number"), amdUUID(n)), Model: cmp.Or(get("card_series"), get("card_model"), "AMD GPU"),
			Device: "amd" + index, Host: get("hostname"), Namespace: get("namespace"), Pod: get("pod"), Platform: metric.AMD,
		}, err == nil
	}
	return id, false
}

// gpuPutter says what to do with the value of a series; nil for nothing.
func gpuPutter(v metric.Vendor, name, full string, labels []Label, instance int) func(*gpuDraft, float64) {
	if v == metric.AMD {
		return amdPutter(strings.ToLower(full), labels)
	}
	if f, ok := dcgmFields[name]; ok {
		return func(d *gpuDraft, x float64) {
			d.set(f.field, x*f.factor, instance)
		}
	}
	if put, ok := dcgmDetails[name]; ok {
		return func(d *gpuDraft, x float64) { put(d, x, instance) }
	}
	return nil
}

// set enters a figure. Of a GPU in instances that has none of its own, memory
// is the sum of theirs and the rest the largest.
func (d *gpuDraft) set(f Field, x float64, instance int) {
	if instance < 0 {
		if d.direct == nil {
			d.direct = map[Field]bool{}
		}
		d.direct[f] = true
		*d.at(f) = x
		return
	}
	if f == MemUsed {
		d.Detail.MIG[instance].MemUsed = x / gigabytesPerByte
	}
	switch to := d.at(f); {
	case d.direct[f]:
	case *to != *to:
		*to = x
	case f == MemUsed:
		*to += x
	default:
		*to = max(*to, x)
	}
}

// at is where a figure is: one of Fields, or behind them one of extra.
func (d *gpuDraft) at(f Field) *float64 {
	if f >= NumFields {
		return &d.extra[f-NumFields]
	}
	return &d.Values[f]
}

// dcgmFields are AIPerf's figures in the names of the DCGM exporter.
var dcgmFields = map[string]struct {
	field  Field
	factor float64
}{
	"DCGM_FI_DEV_POWER_USAGE":              {PowerUsage, 1},
	"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": {EnergyUsed, megajoulesPerMJ},
	"DCGM_FI_DEV_GPU_UTIL":                 {GPUUtil, 1},
	"DCGM_FI_DEV_MEM_COPY_UTIL":            {MemUtil, 1},
	"DCGM_FI_DEV_FB_USED":                  {MemUsed, gigabytesPerMebibyte},
	"DCGM_FI_DEV_GPU_TEMP":                 {Temperature, 1},
	"DCGM_FI_DEV_ENC_UTIL":                 {EncoderUtil, 1},
	"DCGM_FI_DEV_DEC_UTIL":                 {DecoderUtil, 1},
	"DCGM_FI_PROF_SM_ACTIVE":               {SMUtil, percentPerShare},
	"DCGM_FI_DEV_XID_ERRORS":               {XIDErrors, 1},
	"DCGM_FI_DEV_POWER_VIOLATION":          {PowerViolation, usPerNS},
}

// dcgmDetails are what AIPerf does not keep.
var dcgmDetails = map[string]func(d *gpuDraft, x float64, instance int){
	"DCGM_FI_DEV_SM_CLOCK":               func(d *gpuDraft, x float64, _ int) { d.Detail.SMClock = x },
	"DCGM_FI_DEV_MAX_SM_CLOCK":           func(d *gpuDraft, x float64, _ int) { d.Detail.SMClockMax = x },
	"DCGM_FI_DEV_MEM_CLOCK":              func(d *gpuDraft, x float64, _ int) { d.Detail.MemClock = x },
	"DCGM_FI_DEV_POWER_MGMT_LIMIT":       func(d *gpuDraft, x float64, _ int) { d.Detail.PowerLimit = x },
	"DCGM_FI_DEV_ENFORCED_POWER_LIMIT":   func(d *gpuDraft, x float64, _ int) { d.Detail.PowerLimit = x },
	"DCGM_FI_PROF_PCIE_TX_BYTES":         func(d *gpuDraft, x float64, _ int) { d.Detail.PCIeTx = x },
	"DCGM_FI_PROF_PCIE_RX_BYTES":         func(d *gpuDraft, x float64, _ int) { d.Detail.PCIeRx = x },
	"DCGM_FI_PROF_NVLINK_TX_BYTES":       func(d *gpuDraft, x float64, _ int) { d.Detail.NVLinkTx = x },
	"DCGM_FI_PROF_NVLINK_RX_BYTES":       func(d *gpuDraft, x float64, _ int) { d.Detail.NVLinkRx = x },
	"DCGM_FI_DEV_CLOCK_THROTTLE_REASONS": func(d *gpuDraft, x float64, _ int) { d.Detail.Throttle = throttleWord(uint64(max(x, 0))) },
	"DCGM_FI_DEV_CLOCKS_EVENT_REASONS":   func(d *gpuDraft, x float64, _ int) { d.Detail.Throttle = throttleWord(uint64(max(x, 0))) },
	"DCGM_FI_DEV_FB_TOTAL":               func(d *gpuDraft, x float64, _ int) { d.Detail.MemTotal = x * bytesPerMebibyte },
	"DCGM_FI_DEV_FB_RESERVED":            func(d *gpuDraft, x float64, _ int) { d.memReserved = orZero(d.memReserved) + x*bytesPerMebibyte },
	"DCGM_FI_DEV_FB_FREE": func(d *gpuDraft, x float64, instance int) {
		x *= bytesPerMebibyte
		d.memFree = orZero(d.memFree) + x
		if instance >= 0 {
			d.Detail.MIG[instance].MemTotal = x // less what is used, see total
		}
	},
}
