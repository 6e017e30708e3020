package simserver

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The simulated card, after an H100 SXM.
const (
	gpuIdleW, gpuMaxW = 72.0, 690.0
	gpuMiB            = 81559.0
	gpuWeightsMiB     = 16500.0 // model and runtime, before any KV cache
	gpuCoolC, gpuHotC = 31.0, 74.0
	gpuIdleMHz        = 345.0
	gpuBoostMHz       = 1980.0
	// Time constants of the first-order lags, in seconds: what utilization
	// counters average over, and what the heat sink stores.
	gpuUtilLag, gpuHeatLag = 0.4, 18.0
)

// gpus integrates the load of the engine into the state of N cards. Between two
// changes the load is constant, so each lag has a closed form and the state
// does not depend on how often the page is read.
type gpus struct {
	mu    sync.Mutex
	cards []gpuCard
	at    int64
	level float64 // 0: idle, else 0.35..1 with the batch
}

type gpuCard struct {
	skew     float64 // no two cards are quite alike
	util     float64 // 0..1
	tempC    float64
	energyMJ float64 // millijoule, as DCGM counts
}

func newGPUs(n int) *gpus {
	g := &gpus{cards: make([]gpuCard, n), at: now()}
	for i := range g.cards {
		g.cards[i] = gpuCard{skew: 1 - 0.03*unit(uint64(i)), tempC: gpuCoolC, energyMJ: 9e9 + 1e8*float64(i)}
	}
	return g
}

// load says that from time at on the batch has that size, out of limit.
func (g *gpus) load(at int64, batch, limit int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advance(at)
	g.level = 0
	if batch > 0 {
		// Decoding is bound by memory: even one sequence keeps a card fairly
		// busy.
		g.level = 0.35 + 0.65*math.Sqrt(min(1, float64(batch)/float64(limit)))
	}
}

// advance brings every card to time at. Called with mu held.
func (g *gpus) advance(at int64) {
	dt := float64(at-g.at) / 1e9
	if dt <= 0 {
		return
	}
	g.at = at
	for i := range g.cards {
		c := &g.cards[i]
		before := c.watts()
		c.util += (g.level*c.skew - c.util) * (1 - math.Exp(-dt/gpuUtilLag))
		c.tempC += (gpuCoolC + (gpuHotC-gpuCoolC)*c.util - c.tempC) * (1 - math.Exp(-dt/gpuHeatLag))
		c.energyMJ += (before + c.watts()) / 2 * dt * 1000
	}
}

func (c *gpuCard) watts() float64 { return gpuIdleW + (gpuMaxW-gpuIdleW)*math.Pow(c.util, 1.2) }

func (c *gpuCard) mhz() float64 {
	if c.util < 0.01 {
		return gpuIdleMHz
	}
	return gpuBoostMHz - 135*c.util
}

// gpuPage serves the DCGM-like page of the simulated cards.
func gpuPage(x *exchange) {
	x.reply(http.StatusOK, "text/plain; version=0.0.4; charset=utf-8", x.srv.gpus.page(x.srv.kvUsage()))
}

// kvUsage returns the share of the KV cache in use, 0 while nothing serves.
func (s *Server) kvUsage() float64 {
	s.mu.Lock()
	t := s.ticks
	s.mu.Unlock()
	if t == nil {
		return 0
	}
	return t.load().kvUsage
}

// page renders the state at this moment.
func (g *gpus) page(kv float64) []byte {
	g.mu.Lock()
	g.advance(now())
	cards := slices.Clone(g.cards)
	g.mu.Unlock()
	used := gpuWeightsMiB + (0.9*gpuMiB-gpuWeightsMiB)*kv
	var b strings.Builder
	for _, m := range []struct {
		name, kind, help string
		value            func(*gpuCard) float64
		decimals         int
	}{
		{"DCGM_FI_DEV_SM_CLOCK", "gauge", "SM clock frequency (in MHz).", (*gpuCard).mhz, 0},
		{"DCGM_FI_DEV_MEM_CLOCK", "gauge", "Memory clock frequency (in MHz).", func(*gpuCard) float64 { return 2619 }, 0},
		{"DCGM_FI_DEV_GPU_TEMP", "gauge", "GPU temperature (in C).", func(c *gpuCard) float64 { return c.tempC }, 0},
		{"DCGM_FI_DEV_MEMORY_TEMP", "gauge", "Memory temperature (in C).", func(c *gpuCard) float64 { return c.tempC + 7 }, 0},
		{"DCGM_FI_DEV_POWER_USAGE", "gauge", "Power draw (in W).", (*gpuCard).watts, 3},
		{"DCGM_FI_DEV_POWER_MGMT_LIMIT", "gauge", "Current power limit (in W).", func(*gpuCard) float64 { return 700 }, 3},
		{"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "counter", "Total energy consumption since boot (in mJ).", func(c *gpuCard) float64 { return c.energyMJ }, 0},
		{"DCGM_FI_DEV_GPU_UTIL", "gauge", "GPU utilization (in %).", func(c *gpuCard) float64 { return 100 * min(1, 1.4*c.util) }, 0},
		{"DCGM_FI_DEV_MEM_COPY_UTIL", "gauge", "Memory utilization (in %).", func(c *gpuCard) float64 { return 78 * c.util }, 0},
		{"DCGM_FI_DEV_ENC_UTIL", "gauge", "Encoder utilization (in %).", func(*gpuCard) float64 { return 0 }, 0},
		{"DCGM_FI_DEV_DEC_UTIL", "gauge", "Decoder utilization (in %).", func(*gpuCard) float64 { return 0 }, 0},
		{"DCGM_FI_DEV_XID_ERRORS", "gauge", "Value of the last XID error encountered.", func(*gpuCard) float64 { return 0 }, 0},
		{"DCGM_FI_DEV_POWER_VIOLATION", "counter", "Throttling duration due to power constraints (in us).", func(*gpuCard) float64 { return 0 }, 0},
		{"DCGM_FI_DEV_FB_FREE", "gauge", "Framebuffer memory free (in MiB).", func(*gpuCard) float64 { return gpuMiB - used }, 0},
		{"DCGM_FI_DEV_FB_USED", "gauge", "Framebuffer memory used (in MiB).", func(*gpuCard) float64 { return used }, 0},
		{"DCGM_FI_PROF_GR_ENGINE_ACTIVE", "gauge", "Ratio of time the graphics engine is active.", func(c *gpuCard) float64 { return min(1, 1.35*c.util) }, 6},
		{"DCGM_FI_PROF_SM_ACTIVE", "gauge", "Ratio of cycles an SM has at least 1 warp assigned.", func(c *gpuCard) float64 { return 0.88 * c.util }, 6},
		{"DCGM_FI_PROF_SM_OCCUPANCY", "gauge", "Ratio of number of warps resident on an SM.", func(c *gpuCard) float64 { return 0.31 * c.util }, 6},
		{"DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "gauge", "Ratio of cycles the tensor (HMMA) pipe is active.", func(c *gpuCard) float64 { return 0.42 * c.util * c.util }, 6},
		{"DCGM_FI_PROF_DRAM_ACTIVE", "gauge", "Ratio of cycles the device memory interface is active.", func(c *gpuCard) float64 { return 0.74 * c.util }, 6},
	} {
		b.WriteString("# HELP " + m.name + " " + m.help + "\n# TYPE " + m.name + " " + m.kind + "\n")
		for i := range cards {
			fmt.Fprintf(&b, `%s{gpu="%d",UUID="GPU-51a00000-0000-0000-0000-%012d",pci_bus_id="00000000:%02X:00.0",device="nvidia%d",modelName="Simulated H100",Hostname="%s",DCGM_FI_DRIVER_VERSION="simulated"} %s`+"\n",
				m.name, i, i, i+1, i, serverName, strconv.FormatFloat(m.value(&cards[i]), 'f', m.decimals, 64))
		}
	}
	return []byte(b.String())
}
