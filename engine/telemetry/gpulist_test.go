package telemetry

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Names, titles and units are those that AIPerf 0.13 makes of the same lines.
func TestGPUList(t *testing.T) {
	const list = "\ufeff# a comment\n\n" +
		"DCGM_FI_DEV_SM_CLOCK,  gauge, SM clock frequency (in MHz).\r\n" +
		"DCGM_FI_DEV_POWER_USAGE, gauge, Power draw (in W).\n" + // always read
		"  DCGM_FI_PROF_NVLINK_TX_BYTES,counter,nvlink tx of PCIe, and more (in bytes)\n" +
		"DCGM_FI_DEV_MEMORY_TEMP, gauge, memory TEMPERATURE (In °C)\n" +
		"DCGM_FI_PROF_DRAM_ACTIVE, gauge, (in %)\n" +
		"DCGM_FI_DRIVER_VERSION, label, Driver Version\n" +
		"DCGM_EXP_XID_ERRORS_COUNT, gauge, Count of XID errors\n" +
		"DCGM_FI_DEV_FB_FREE, gauge, Free (in MiB)\nDCGM_FI_X_US, gauge, Time (in us)\nDCGM_FI_DEV_E, gauge, Energy (in mJ)\nDCGM_FI_DEV_S, gauge, s (in s)\n"
	fields, passed, err := ReadGPUList(strings.NewReader(list))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"DCGM_FI_DEV_SM_CLOCK nvidia_sm_clock [SM Clock Frequency] MHz",
		"DCGM_FI_PROF_NVLINK_TX_BYTES nvidia_nvlink_tx_bytes [NVLINK Tx Of Pcie, And More] count", // "PCIe," with its comma is no acronym
		"DCGM_FI_DEV_MEMORY_TEMP nvidia_memory_temp [Memory Temperature] °C",
		"DCGM_FI_PROF_DRAM_ACTIVE nvidia_dram_active [Nvidia Dram Active] %",
		"DCGM_FI_DEV_FB_FREE nvidia_fb_free [Free] MB",
		"DCGM_FI_X_US nvidia_dcgm_fi_x_us [Time] us",
		"DCGM_FI_DEV_E nvidia_e [Energy] MJ",
		"DCGM_FI_DEV_S nvidia_s [S] sec",
	}
	var got []string
	for _, f := range fields {
		got = append(got, fmt.Sprintf("%s %s [%s] %s", f.DCGM, f.Tag, f.Header, f.Unit))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Equal(passed, []string{"DCGM_FI_DRIVER_VERSION", "DCGM_EXP_XID_ERRORS_COUNT"}) {
		t.Errorf("left out: %v", passed)
	}
}

func TestGPUListThatIsWrong(t *testing.T) {
	many := strings.Builder{}
	for i := range maxExtra + 1 {
		fmt.Fprintf(&many, "DCGM_FI_DEV_%d, gauge, x\n", i)
	}
	for text, want := range map[string]string{
		"":                              "names no figure; want lines such as DCGM_FI_DEV_MEMORY_TEMP, gauge, Memory temperature (in C)",
		"# only\n":                      "names no figure; want lines such as DCGM_FI_DEV_MEMORY_TEMP, gauge, Memory temperature (in C)",
		"# x\nDCGM_FI_DEV_X gauge, x\n": `line 2: "DCGM_FI_DEV_X gauge, x": want three parts with commas between, such as DCGM_FI_DEV_MEMORY_TEMP, gauge, Memory temperature (in C)`,
		"gpu_temp, gauge, x\n":          `line 1: "gpu_temp" is no field of DCGM; want one such as DCGM_FI_DEV_MEMORY_TEMP`,
		"DCGM_FI_DEV_X Y, gauge, x\n":   `line 1: "DCGM_FI_DEV_X Y" is no field of DCGM; want one such as DCGM_FI_DEV_MEMORY_TEMP`,
		"DCGM_FI_DEV_X, guage, x\n":     `line 1: DCGM_FI_DEV_X: "guage": want gauge or counter`,
		"DCGM_FI_DEV_X, gauge, x\n\nDCGM_FI_PROF_X, gauge, y\n": "line 3: DCGM_FI_PROF_X gives nvidia_x, which line 1 gives already; leave one of them out",
		"DCGM_FI_PROF_POWER_USAGE, gauge, x\n":                  "line 1: DCGM_FI_PROF_POWER_USAGE would be called nvidia_power_usage, which is another figure that is always read; leave it out",
		"\n\xff\xfe, gauge, x\n":                                "line 2: is no text in UTF-8",
		"# x\n" + strings.Repeat("x", 70_000) + "\n":            "line 2: is too long to be one of a list of figures",
		many.String(): fmt.Sprintf("line %d: more than %d figures", maxExtra+1, maxExtra),
	} {
		if _, _, err := ReadGPUList(strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%.60q: got %v, want %s", text, err, want)
		}
	}
}

// Listed figures come from the page as it counts them, in its order; those of
// instances stand for a GPU that has none of its own.
func TestListedFiguresOfAPage(t *testing.T) {
	extra := []ExtraField{
		{DCGM: "DCGM_FI_DEV_MEMORY_TEMP", Tag: "nvidia_memory_temp", Header: "Memory Temperature", Unit: "°C"},
		{DCGM: "DCGM_FI_DEV_SM_CLOCK", Tag: "nvidia_sm_clock", Header: "SM Clock", Unit: "MHz"},
		{DCGM: "DCGM_FI_DEV_NOT_THERE", Tag: "nvidia_not_there", Header: "Not There", Unit: "count"},
		{DCGM: "DCGM_FI_DEV_ROW_REMAP", Tag: "nvidia_row_remap", Header: "Remaps", Unit: "count"},
	}
	p, err := parsePage([]byte(`# TYPE DCGM_FI_DEV_SM_CLOCK gauge
DCGM_FI_DEV_SM_CLOCK{gpu="0",UUID="a"} 1755
DCGM_FI_DEV_SM_CLOCK{gpu="1",UUID="b",GPU_I_ID="1"} 1200
DCGM_FI_DEV_SM_CLOCK{gpu="1",UUID="b",GPU_I_ID="2"} 1400
DCGM_FI_DEV_SM_CLOCK{gpu="2",UUID="c"} NaN
# TYPE DCGM_FI_DEV_MEMORY_TEMP gauge
DCGM_FI_DEV_MEMORY_TEMP{gpu="0",UUID="a"} 61
DCGM_FI_DEV_MEMORY_TEMP{gpu="2",UUID="c"} +Inf
# TYPE DCGM_FI_DEV_ROW_REMAP_total counter
DCGM_FI_DEV_ROW_REMAP_total{gpu="0",UUID="a"} 3
`), maxSeries, false)
	if err != nil {
		t.Fatal(err)
	}
	g := gpuPage{source: "http://node:9400/metrics", extra: extra}
	list := g.samples(p, 77)
	var got []string
	for _, s := range list {
		got = append(got, fmt.Sprint(s.Index, s.Extra, s.Detail.SMClock))
	}
	want := []string{"0 [{nvidia_sm_clock 1755} {nvidia_memory_temp 61} {nvidia_row_remap 3}] 1755", "1 [{nvidia_sm_clock 1400}] 1400"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}

	store := NewGPUStore(extra...)
	for i := range list {
		store.Add(&list[i], false)
		list[i].AtNS += 10
		list[i].Extra[0].Value += 100
		store.Add(&list[i], false)
	}
	var tags []string
	for _, m := range store.Summary(0, 0).Endpoints[0].GPUs[0].Metrics {
		tags = append(tags, fmt.Sprintf("%s %s %s %g %d", m.Tag, m.Header, m.Unit, m.Dist.Avg, m.Dist.Count))
	}
	wantTags := []string{"nvidia_memory_temp Memory Temperature °C 61 2", "nvidia_sm_clock SM Clock MHz 1805 2", "nvidia_row_remap Remaps count 3 2"}
	if !slices.Equal(tags, wantTags) {
		t.Errorf("summary\n%s\nwant\n%s", strings.Join(tags, "\n"), strings.Join(wantTags, "\n"))
	}
	if names := store.Unseen(); !slices.Equal(names, []string{"DCGM_FI_DEV_NOT_THERE"}) {
		t.Errorf("unseen %v", names)
	}

	board := NewBoard(0, 0)
	board.Extra(extra[:2])
	list[0].Extra = append(list[0].Extra, ExtraValue{Tag: "nvidia_xid_of_file", Value: 4})
	board.AddGPU(&list[0], 0)
	if s := fmt.Sprint(board.State(1).GPUs[0].Extra); s != "[{SM Clock MHz 1855} {Memory Temperature °C 61} {Row Remap  3} {XID Of File  4}]" {
		t.Errorf("on the screen: %s", s)
	}
}

// The columns of listed figures count against the memory of a store.
func TestListedFiguresAreBounded(t *testing.T) {
	var extra []ExtraField
	for i := range 40 {
		extra = append(extra, ExtraField{DCGM: fmt.Sprint(i), Tag: fmt.Sprint("x", i)})
	}
	s := NewGPUStore(extra...)
	s.budget = 5_000
	g := NewGPUSample(GPUID{UUID: "a"}, "src", 0)
	for _, x := range extra {
		g.Extra = append(g.Extra, ExtraValue{Tag: x.Tag, Value: 1})
	}
	for i := range 2_000 {
		g.AtNS = int64(i)
		s.Add(&g, false)
	}
	if s.numbers > s.budget || s.Thinned() == 0 {
		t.Errorf("%d numbers held, thinned %d times", s.numbers, s.Thinned())
	}
	if d, ok := s.gpus[0].Dist(NumFields+39, 0, 0); !ok || d.Avg != 1 {
		t.Errorf("%+v %v", d, ok)
	}
}
