package dataset

import (
	"context"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"tacho/engine/random"
	"tacho/engine/token"
)

func mustSynthetic(t testing.TB, cfg SyntheticConfig, root random.Root, tok Tokenizer) *Synthetic {
	t.Helper()
	d, err := NewSynthetic(cfg, root, tok)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func at(t testing.TB, d Dataset, i int) *Conversation {
	t.Helper()
	c, err := d.At(i)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSyntheticLengths(t *testing.T) {
	tok := token.Builtin()
	cfg := SyntheticConfig{
		Entries: 200, ISL: Dist{Mean: 60, StdDev: 10}, OSL: Dist{Mean: 24, StdDev: 4}, BatchSize: 2,
		Turns: Dist{Mean: 2, StdDev: 1}, TurnDelayMS: Dist{Mean: 100, StdDev: 20}, TurnDelayRatio: 0.5,
	}
	d := mustSynthetic(t, cfg, random.Seeded(42), tok)
	var turns, exact, sum, osl int
	for i := range d.Len() {
		for j, turn := range at(t, d, i).Turns {
			turns++
			if len(turn.Texts) != 2 {
				t.Fatalf("turn has %d texts, want 2", len(turn.Texts))
			}
			n := tok.Count(turn.Texts[0].Content) + tok.Count(turn.Texts[1].Content)
			if n == turn.InputTokens {
				exact++
			}
			sum += n
			osl += turn.MaxTokens
			if delayed := turn.DelayMS > 0; delayed != (j > 0) {
				t.Errorf("turn %d has a delay of %v ms", j, turn.DelayMS)
			}
		}
	}
	if exact != turns {
		t.Errorf("%d of %d turns have the length they name", exact, turns)
	}
	// Ceiling adds half a token to the mean of each draw.
	if mean := float64(sum) / float64(2*turns); math.Abs(mean-60.5) > 1.5 {
		t.Errorf("mean ISL %.2f, want about 60.5", mean)
	}
	if mean := float64(osl) / float64(turns); math.Abs(mean-24.5) > 1 {
		t.Errorf("mean OSL %.2f, want about 24.5", mean)
	}
	if turns < 300 || turns > 600 {
		t.Errorf("%d turns in 200 conversations of 2 on average", turns)
	}
}

func TestSyntheticFixedLengthIsExact(t *testing.T) {
	tok := token.Builtin()
	for _, n := range []int{1, 2, 7, 64, 550, 60_000} {
		entries := 50
		if n > 1000 {
			entries = 2
		}
		d := mustSynthetic(t, SyntheticConfig{Entries: entries, ISL: Dist{Mean: float64(n)}}, random.Seeded(1), tok)
		off := 0
		for i := range d.Len() {
			turn := at(t, d, i).Turns[0]
			if got := tok.Count(turn.Texts[0].Content); got != n {
				off++
			}
			if turn.MaxTokens != 0 {
				t.Fatalf("no OSL was asked for, got %d", turn.MaxTokens)
			}
		}
		if off > 0 {
			t.Errorf("ISL %d: %d of %d prompts are off", n, off, entries)
		}
	}
}

func TestSyntheticSpecialTokens(t *testing.T) {
	tok := token.Builtin()
	d := mustSynthetic(t, SyntheticConfig{Entries: 1, ISL: Dist{Mean: 10}, SpecialTokens: 2}, random.Seeded(1), tok)
	if n := tok.Count(at(t, d, 0).Turns[0].Texts[0].Content); n != 8 {
		t.Errorf("ISL 10 with 2 special tokens made %d tokens, want 8", n)
	}
}

// lossy counts words but decodes to text with one word fewer half of the
// time, to drive the correction loop both ways.
type lossy struct{}

func newLossy() *lossy { return &lossy{} }

func (*lossy) Name() string            { return "lossy" }
func (l *lossy) Count(s string) int    { return len(l.Encode(s)) }
func (*lossy) Encode(s string) []int   { return make([]int, len(strings.Fields(s))) }
func (*lossy) Decode(ids []int) string { return strings.Repeat("w ", max(0, len(ids)-len(ids)%2)) }

func TestFitGivesUp(t *testing.T) {
	d := mustSynthetic(t, SyntheticConfig{Entries: 1, ISL: Dist{Mean: 7}}, random.Seeded(1), newLossy())
	turn := at(t, d, 0).Turns[0]
	if n := len(strings.Fields(turn.Texts[0].Content)); n != turn.InputTokens || n < 6 || n > 8 {
		t.Errorf("an odd length that cannot be met gave %d words, said to be %d", n, turn.InputTokens)
	}
}

func TestApproximate(t *testing.T) {
	d := mustSynthetic(t, SyntheticConfig{Entries: 20, ISL: Dist{Mean: 50_000}}, random.Seeded(1), nil)
	for i := range d.Len() {
		turn := at(t, d, i).Turns[0]
		if n := len(turn.Texts[0].Content); n != 200_000 || turn.InputTokens != 0 {
			t.Errorf("got %d characters and %d tokens, want 200000 and 0 (unknown)", n, turn.InputTokens)
		}
	}
}

func TestSyntheticIsAFunctionOfSeedAndIndex(t *testing.T) {
	cfg := SyntheticConfig{Entries: 64, ISL: Dist{Mean: 30, StdDev: 5}, OSL: Dist{Mean: 9, StdDev: 3}, Turns: Dist{Mean: 2, StdDev: 1},
		Models: []string{"a", "b", "c"}}
	tok := token.Builtin()
	a, b := mustSynthetic(t, cfg, random.Seeded(3), tok), mustSynthetic(t, cfg, random.Seeded(3), tok)
	var wg sync.WaitGroup
	for range 4 { // concurrently and in order
		wg.Go(func() {
			for i := range a.Len() {
				if _, err := a.At(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := b.Len() - 1; i >= 0; i-- { // backwards
		at(t, b, i)
	}
	wg.Wait()
	for i := range a.Len() {
		if x, y := at(t, a, i), at(t, b, i); !reflect.DeepEqual(x, y) {
			t.Fatalf("conversation %d differs:\n%+v\n%+v", i, x, y)
		}
	}
	other := mustSynthetic(t, cfg, random.Seeded(4), tok)
	if reflect.DeepEqual(at(t, a, 0), at(t, other, 0)) {
		t.Error("another seed gave the same conversation")
	}
	if a.Hash() != b.Hash() || a.Hash() == other.Hash() {
		t.Error("the hash does not follow the content")
	}
	drawn := mustSynthetic(t, cfg, random.Root{Seed: 3, Drawn: true}, tok)
	given := mustSynthetic(t, cfg, random.Seeded(3), tok)
	if drawn.Hash() != given.Hash() || drawn.Hash() == other.Hash() {
		t.Error("a seed that was drawn and is given again has another hash")
	}
}

func TestModels(t *testing.T) {
	models := func(sel ModelSelection, turns Dist, names ...string) []string {
		d := mustSynthetic(t, SyntheticConfig{Entries: 40, ISL: Dist{Mean: 5}, Turns: turns, Models: names, Selection: sel},
			random.Seeded(5), nil)
		var got []string
		for i := range d.Len() {
			for _, turn := range at(t, d, i).Turns {
				got = append(got, turn.Model)
			}
		}
		return got
	}
	for i, m := range models("", Dist{Mean: 1}, "a", "b", "c") {
		if want := []string{"a", "b", "c"}[i%3]; m != want {
			t.Fatalf("round robin: turn %d has model %s, want %s", i, m, want)
		}
	}
	for i, m := range models(RoundRobin, Dist{Mean: 3, StdDev: 2}, "a", "b") {
		if want := []string{"a", "b"}[i%2]; m != want {
			t.Fatalf("round robin over uneven conversations: turn %d has model %s, want %s", i, m, want)
		}
	}
	count := map[string]int{}
	for _, m := range models(RandomModel, Dist{Mean: 3}, "a", "b") {
		count[m]++
	}
	if count["a"] < 40 || count["b"] < 40 || count["a"]+count["b"] != 120 {
		t.Errorf("random selection of 120 turns: %v", count)
	}
	if m := models("", Dist{}); m[0] != "" {
		t.Errorf("no models, but the turn names %q", m[0])
	}
	if m := models("", Dist{}, "only"); m[7] != "only" {
		t.Errorf("one model, but the turn names %q", m[7])
	}
}

func TestIDs(t *testing.T) {
	cfg := SyntheticConfig{Entries: 2, ISL: Dist{Mean: 5}}
	if id := at(t, mustSynthetic(t, cfg, random.Seeded(1), nil), 1).ID; id != "session_000001" {
		t.Errorf("seeded id %q, want session_000001", id)
	}
	root := random.Entropy()
	a, b := mustSynthetic(t, cfg, root, nil), mustSynthetic(t, cfg, root, nil)
	x, y := at(t, a, 0).ID, at(t, a, 1).ID
	if len(x) != 36 || x[14] != '4' || x == y {
		t.Errorf("unseeded ids %q and %q, want two version-4 UUIDs", x, y)
	}
	if again := at(t, b, 0).ID; again != x {
		t.Errorf("the same drawn root named conversation 0 %q and %q", x, again)
	}
}

func TestPrepare(t *testing.T) {
	d := mustSynthetic(t, SyntheticConfig{Entries: 50, ISL: Dist{Mean: 5}}, random.Seeded(1), nil)
	var mu sync.Mutex
	most := 0
	err := d.Prepare(context.Background(), 30, 3, func(done int) {
		mu.Lock()
		defer mu.Unlock()
		most = max(most, done)
	})
	if err != nil || most != 30 {
		t.Errorf("Prepare(30) reported %d, %v", most, err)
	}
	for i := range d.made {
		if made := d.made[i].Load() != nil; made != (i < 30) {
			t.Errorf("conversation %d made: %v", i, made)
		}
	}
	if err := d.Prepare(context.Background(), 1000, 2, nil); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := mustSynthetic(t, d.cfg, d.root, nil).Prepare(ctx, 50, 2, nil); err == nil {
		t.Error("a cancelled Prepare reported no error")
	}
}

func TestConfigErrors(t *testing.T) {
	good := SyntheticConfig{Entries: 1, ISL: Dist{Mean: 5}}
	ratio := &RangeRatio{Input: 0.5, Output: 0.5}
	image := ImageConfig{Width: Dist{Mean: 8}, Height: Dist{Mean: 8}, Batch: 1}
	for name, change := range map[string]func(*SyntheticConfig){
		"entries":           func(c *SyntheticConfig) { c.Entries = 0 },
		"mean ISL":          func(c *SyntheticConfig) { c.ISL.Mean = math.NaN() },
		"ISL reaches 2e+09": func(c *SyntheticConfig) { c.ISL = Dist{Peaks: []Peak{{Dist{Mean: 2e9}, 1}}} },
		"1 reaches 3e+07":   func(c *SyntheticConfig) { c.Pairs = []Pair{{Dist{Points: []Point{{3e7, 1}}}, Dist{Mean: 1}, 100}} },
		"ISL stddev":        func(c *SyntheticConfig) { c.ISL.StdDev = -1 },
		"mean OSL":          func(c *SyntheticConfig) { c.OSL.Mean = -1 },
		"turns stddev":      func(c *SyntheticConfig) { c.Turns.StdDev = math.Inf(1) },
		"mean turn delay":   func(c *SyntheticConfig) { c.TurnDelayMS.Mean = math.Inf(1) },
		"prompt batch size": func(c *SyntheticConfig) { c.BatchSize = -1 },
		"special tokens":    func(c *SyntheticConfig) { c.SpecialTokens = -1 },
		"chat template":     func(c *SyntheticConfig) { c.TurnOverhead = -1 },
		"turn delay ratio":  func(c *SyntheticConfig) { c.TurnDelayRatio = math.NaN() },
		"model selection":   func(c *SyntheticConfig) { c.Selection = "best" },
		"prompt corpus":     func(c *SyntheticConfig) { c.Corpus = "poems" },
		"nothing is left":   func(c *SyntheticConfig) { c.ISL = Dist{} },
		"add up to 90":      func(c *SyntheticConfig) { c.Pairs = []Pair{{Dist{Mean: 1}, Dist{Mean: 1}, 90}} },
		"give one of them": func(c *SyntheticConfig) {
			c.Pairs, c.Ratio = []Pair{{Dist{Mean: 1}, Dist{Mean: 1}, 100}}, ratio
		},
		"range ratio needs a mean OSL": func(c *SyntheticConfig) { c.Ratio = ratio },
		"range ratio spreads the ISL":  func(c *SyntheticConfig) { c.Ratio, c.ISL.StdDev, c.OSL.Mean = ratio, 2, 5 },
		"prompts of no tokens": func(c *SyntheticConfig) {
			c.Ratio, c.ISL.Mean, c.OSL.Mean = &RangeRatio{Input: 0.9, Output: 0.9}, 2, 5
		},
		"unknown range ratio":      func(c *SyntheticConfig) { c.Ratio, c.OSL.Mean = &RangeRatio{Style: "x"}, 5 },
		"give their number":        func(c *SyntheticConfig) { c.Prefix.Length = 5 },
		"number of prefix prompts": func(c *SyntheticConfig) { c.Prefix.Pool = -1 },
		"tokens in all":            func(c *SyntheticConfig) { c.Prefix = PrefixConfig{Pool: 1 << 20, Length: 1 << 20} },
		"shared system prompt length": func(c *SyntheticConfig) {
			c.Prefix.SharedSystem = -1
		},
		"prefix prompts exclude": func(c *SyntheticConfig) { c.Prefix = PrefixConfig{Pool: 1, Length: 1, UserContext: 1} },
		"a system prompt excludes prefix prompts": func(c *SyntheticConfig) {
			c.System, c.Prefix = "x", PrefixConfig{Pool: 1, Length: 1}
		},
		"a system prompt excludes a shared": func(c *SyntheticConfig) { c.System, c.Prefix.SharedSystem = "x", 1 },
		"image batch size":                  func(c *SyntheticConfig) { c.Images = ImageConfig{Batch: -1} },
		"image width is 1e+06":              func(c *SyntheticConfig) { c.Images = image; c.Images.Width.Mean = 1e6 },
		"unknown image format":              func(c *SyntheticConfig) { c.Images = image; c.Images.Format = "gif" },
		"audio batch size":                  func(c *SyntheticConfig) { c.Audio.Batch = -1 },
		"at least 0.01 s":                   func(c *SyntheticConfig) { c.Audio.Seconds.Mean = 0.001 },
		"mp3 has 8000, 11025":               func(c *SyntheticConfig) { c.Audio.Format, c.Audio.SampleRates = "mp3", []float64{10} },
		"unknown audio format":              func(c *SyntheticConfig) { c.Audio.Format = "ogg" },
		"audio channels":                    func(c *SyntheticConfig) { c.Audio.Channels = 3 },
		"audio depth is 12 bits":            func(c *SyntheticConfig) { c.Audio.Depths = []int{12} },
		"audio sample rate is 0":            func(c *SyntheticConfig) { c.Audio.SampleRates = []float64{0} },
		"give both or neither":              func(c *SyntheticConfig) { c.Video.Width = 5 },
		"video of 99999":                    func(c *SyntheticConfig) { c.Video.Width, c.Video.Height = 99_999, 1 },
		"video batch size":                  func(c *SyntheticConfig) { c.Video.Batch = -1 },
		"video duration":                    func(c *SyntheticConfig) { c.Video.Seconds = -1 },
		"video fps":                         func(c *SyntheticConfig) { c.Video.FPS = -1 },
		"unknown video picture":             func(c *SyntheticConfig) { c.Video.Picture = "cats" },
		"unknown video format":              func(c *SyntheticConfig) { c.Video.Format = "avi" },
		"video sound channels":              func(c *SyntheticConfig) { c.Video.AudioChannels = 3 },
		"video sound rate":                  func(c *SyntheticConfig) { c.Video.AudioHz = 1 },
		"video sound depth":                 func(c *SyntheticConfig) { c.Video.AudioBits = 9 },
		"more than 2 GiB":                   func(c *SyntheticConfig) { c.Video = VideoConfig{Width: 9999, Height: 9999, Batch: 1, Seconds: 99} },
		"rankings passages is":              func(c *SyntheticConfig) { c.Rankings = &RankingsConfig{Passages: Dist{Mean: 1e7}} },
		"mean rankings passage tokens is 0": func(c *SyntheticConfig) { c.Rankings = &RankingsConfig{QueryTokens: Dist{Mean: 1}} },
	} {
		c := good
		change(&c)
		_, err := NewSynthetic(c, random.Seeded(1), nil)
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("bad %s: error %v", name, err)
		}
	}
	d := mustSynthetic(t, good, random.Seeded(1), nil)
	for _, i := range []int{-1, 1} {
		if _, err := d.At(i); err == nil {
			t.Errorf("At(%d) of 1 gave no error", i)
		}
	}
}

func BenchmarkCompose550(b *testing.B) {
	tok := token.Builtin()
	d := mustSynthetic(b, SyntheticConfig{Entries: 1 << 20, ISL: Dist{Mean: 550}, OSL: Dist{Mean: 100}}, random.Seeded(1), tok)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := d.compose(i); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

func BenchmarkEncodeCorpus(b *testing.B) {
	tok := token.Builtin()
	for b.Loop() {
		if _, err := newCorpus(Sonnet, tok); err != nil {
			b.Fatal(err)
		}
	}
}
