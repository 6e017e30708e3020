package dataset

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tacho/engine/random"
	"tacho/engine/token"
)

// tokenizers are one rank encoding and one WordPiece pipeline.
func tokenizers(t testing.TB) []Tokenizer {
	t.Helper()
	mini, _, err := token.LoadFile("minilm", "../token/testdata/minilm")
	if err != nil {
		t.Fatal(err)
	}
	return []Tokenizer{token.Builtin(), mini}
}

// Prompts are as long as asked, give or take one token, whatever the corpus
// and the tokenizer.
func TestPromptLengths(t *testing.T) {
	for _, tok := range tokenizers(t) {
		for _, corpus := range []Corpus{Sonnet, Coding, Vocabulary} {
			t.Run(tok.Name()+"/"+string(corpus), func(t *testing.T) {
				d := mustSynthetic(t, SyntheticConfig{Entries: 200, ISL: Dist{Mean: 120, StdDev: 60}, Corpus: corpus}, random.Seeded(1), tok)
				off := 0
				for i := range d.Len() {
					want := d.lengths.isl.whole(d.root.At("dataset.prompt.length", i))
					turn := at(t, d, i).Turns[0]
					got := tok.Count(turn.Texts[0].Content)
					if got != want {
						off++
					}
					if got < want-1 || got > want+1 || got != turn.InputTokens {
						t.Errorf("prompt %d has %d tokens, says %d, want %d", i, got, turn.InputTokens, want)
					}
				}
				if off > 4 {
					t.Errorf("%d of 200 prompts are off by one", off)
				}
			})
		}
	}
}

func TestPrefixPool(t *testing.T) {
	for _, tok := range tokenizers(t) {
		for _, corpus := range []Corpus{Sonnet, Coding, Vocabulary} {
			t.Run(tok.Name()+"/"+string(corpus), func(t *testing.T) {
				d := mustSynthetic(t, SyntheticConfig{Entries: 60, ISL: Dist{Mean: 40}, Turns: Dist{Mean: 2}, Corpus: corpus,
					Prefix: PrefixConfig{Pool: 3, Length: 100}}, random.Seeded(2), tok)
				used := map[string]int{}
				for i := range d.Len() {
					c := at(t, d, i)
					first := c.Turns[0].Texts[0].Content
					if n := tok.Count(first); n < 139 || n > 141 {
						t.Errorf("first turn of %d has %d tokens, want 100+40", i, n)
					}
					if n := tok.Count(c.Turns[1].Texts[0].Content); n < 39 || n > 41 {
						t.Errorf("second turn of %d has %d tokens, want 40", i, n)
					}
					k := slices.IndexFunc(d.prefix.pool, func(s segment) bool { return strings.HasPrefix(first, s.text) })
					if k < 0 {
						t.Fatalf("first turn of %d begins with none of the prefixes: %q", i, first)
					}
					used[d.prefix.pool[k].text]++
				}
				if len(used) != 3 {
					t.Errorf("%d prefixes are used, want 3", len(used))
				}
			})
		}
	}
}

func TestPrefixWithoutTokenizer(t *testing.T) {
	d := mustSynthetic(t, SyntheticConfig{Entries: 5, ISL: Dist{Mean: 10}, Prefix: PrefixConfig{Pool: 1, Length: 5}}, random.Seeded(2), nil)
	for i := range d.Len() {
		if text := at(t, d, i).Turns[0].Texts[0].Content; len(text) != 60 || !strings.HasPrefix(text, d.prefix.pool[0].text) {
			t.Errorf("%q is no prefix of 20 characters and 40 more", text)
		}
	}
}

func TestSystemAndContext(t *testing.T) {
	tok := token.Builtin()
	d := mustSynthetic(t, SyntheticConfig{Entries: 10, ISL: Dist{Mean: 10}, Prefix: PrefixConfig{SharedSystem: 50, UserContext: 30}}, random.Seeded(2), tok)
	contexts := map[string]bool{}
	for i := range d.Len() {
		c := at(t, d, i)
		if tok.Count(c.System) != 50 || c.System != at(t, d, 0).System {
			t.Errorf("system message of %d has %d tokens: %q", i, tok.Count(c.System), c.System)
		}
		if n := tok.Count(c.UserContext); n != 30 {
			t.Errorf("context of %d has %d tokens, want 30", i, n)
		}
		contexts[c.UserContext] = true
	}
	if len(contexts) != 10 {
		t.Errorf("%d different contexts of 10", len(contexts))
	}
	d = mustSynthetic(t, SyntheticConfig{Entries: 1, ISL: Dist{Mean: 10}, System: "Be brief."}, random.Seeded(2), tok)
	if c := at(t, d, 0); c.System != "Be brief." || c.UserContext != "" {
		t.Errorf("literal system message %q, context %q", c.System, c.UserContext)
	}
}

// sampled draws n values and returns their mean, deviation and quantiles.
func sampled(n int, draw func() float64) (mean, sd float64, q func(float64) float64) {
	vals := make([]float64, n)
	var sum, sq float64
	for i := range vals {
		vals[i] = draw()
		sum += vals[i]
		sq += vals[i] * vals[i]
	}
	slices.Sort(vals)
	mean = sum / float64(n)
	return mean, math.Sqrt(sq/float64(n) - mean*mean), func(p float64) float64 { return vals[int(p*float64(n-1))] }
}

func TestDistShapes(t *testing.T) {
	sigma := math.Sqrt(2 * math.Log(60.0/30))
	for _, c := range []struct {
		text          string
		mean, sd      float64
		q10, q50, q90 float64
	}{
		{`550`, 550, 0, 550, 550, 550},
		{`{"value": 12}`, 12, 0, 12, 12, 12},
		{`{"mean": 200, "stddev": 40}`, 200, 40, 200 - 1.2816*40, 200, 200 + 1.2816*40},
		{`{"type": "lognormal", "mean": 60, "median": 30}`, 60, 60 * math.Sqrt(math.Exp(sigma*sigma)-1), 30 * math.Exp(-1.2816*sigma), 30, 30 * math.Exp(1.2816*sigma)},
		{`{"points": [{"value": 10, "weight": 30}, {"value": 20, "weight": 60}, {"value": 90, "weight": 10}]}`, 24, 22.45, 10, 20, 20},
		{`{"peaks": [{"mean": 100, "stddev": 5, "weight": 3}, {"value": 1000}]}`, 325, 390, 95, 102, 1000},
		{`{"mean": 100, "stddev": 50, "min": 90, "max": 110}`, 100, 9.3, 90, 100, 110},
	} {
		t.Run(c.text, func(t *testing.T) {
			var d Dist
			if err := json.Unmarshal([]byte(c.text), &d); err != nil {
				t.Fatal(err)
			}
			if errs := d.check("x"); len(errs) > 0 {
				t.Fatal(errs)
			}
			s := random.Seeded(1).Stream("shape")
			mean, sd, q := sampled(100_000, func() float64 { return d.draw(s) })
			close := func(what string, got, want, slack float64) {
				if math.Abs(got-want) > slack {
					t.Errorf("%s is %.2f, want about %.2f", what, got, want)
				}
			}
			close("mean", mean, c.mean, 0.02*c.mean)
			close("deviation", sd, c.sd, 0.05*c.sd+0.01) // heavy tails converge slowly
			for p, want := range map[float64]float64{0.1: c.q10, 0.5: c.q50, 0.9: c.q90} {
				close(fmt.Sprintf("quantile %v", p), q(p), want, 0.03*want)
			}
		})
	}
}

// A shape beyond the normal is really drawn: AIPerf 0.13 makes 60, 60, 60, ...
// of mean 60 and median 30.
func TestShapesReachThePrompts(t *testing.T) {
	tok := token.Builtin()
	d := mustSynthetic(t, SyntheticConfig{Entries: 400, ISL: Dist{Mean: 60, Median: 30}, OSL: Dist{Points: []Point{{5, 1}, {7, 1}}}, SpecialTokens: 1}, random.Seeded(3), tok)
	i := 0
	_, _, q := sampled(d.Len(), func() float64 {
		turn := at(t, d, i).Turns[0]
		i++
		if turn.MaxTokens != 5 && turn.MaxTokens != 7 {
			t.Errorf("OSL %d is none of the points", turn.MaxTokens)
		}
		return float64(turn.InputTokens)
	})
	if m := q(0.5); m < 25 || m > 36 {
		t.Errorf("median prompt of %v tokens, want about 30 less 1", m)
	}
}

func TestDistLowered(t *testing.T) {
	for _, c := range []struct {
		d    Dist
		low  float64
		rest int
	}{
		{Dist{Mean: 10}, 8, 0}, {Dist{Mean: 1, StdDev: 3}, 0, 0}, {Dist{Mean: 10, Median: 5}, 10, 2}, {Dist{Mean: 10, Max: 20}, 10, 2},
	} {
		if low, rest := c.d.lowered(2); low.Mean != c.low || rest != c.rest {
			t.Errorf("%+v lowered by 2: mean %v, rest %d; want %v, %d", c.d, low.Mean, rest, c.low, c.rest)
		}
	}
}

func TestDistJSONErrors(t *testing.T) {
	for text, want := range map[string]string{
		`"x"`: "no distribution", `null`: "no distribution", `{}`: "needs a value", `{"mean":1,"value":2}`: "not both", `{"mean":1,"sd":2}`: `unknown key "sd" among mean, sd`,
		`{"peaks":[{"mean":1}]}`: "at least two", `{"points":[]}`: "at least one", `{"points":[{"weight":1}]}`: "needs a value", `{"points":[{"value":1,"w":1}]}`: "unknown key",
		`{"peaks":[{"mean":1,"weight":"x"},{"mean":2}]}`: "no number", `{"peaks":[3,{"mean":2}]}`: "no object", `{"mean":"a"}`: "read", `{"mean":5,"median":0}`: "above 0",
	} {
		var d Dist
		if err := d.UnmarshalJSON([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", text, err, want)
		}
	}
}

func TestDistCheck(t *testing.T) {
	for want, d := range map[string]Dist{
		"mean x is NaN":               {Mean: math.NaN()},
		"x stddev is -1":              {StdDev: -1},
		"min of x is -1":              {Min: -1},
		"max of x is +Inf":            {Max: math.Inf(1)},
		"min 5 is above max 4":        {Mean: 1, Min: 5, Max: 4},
		"median of x is 3":            {Mean: 2, Median: 3},
		"both a median and a stddev":  {Mean: 2, Median: 1, StdDev: 1},
		"both peaks and points":       {Peaks: []Peak{{Weight: 1}}, Points: []Point{{1, 1}}},
		"beside its peaks":            {Mean: 1, Points: []Point{{1, 1}}},
		"value 1 of x is -1":          {Points: []Point{{-1, 1}}},
		"weight 1 of x is 0":          {Points: []Point{{1, 0}}},
		"weight of peak 1 of x is -1": {Peaks: []Peak{{Weight: -1}, {Weight: 1}}},
		"all peaks have weight 0":     {Peaks: []Peak{{}, {}}},
		"mean peak 2 of x is -1":      {Peaks: []Peak{{Weight: 1}, {Dist: Dist{Mean: -1}}}},
	} {
		if errs := d.check("x"); !strings.Contains(fmt.Sprint(errs), want) {
			t.Errorf("%+v: errors %v, want one with %q", d, errs, want)
		}
	}
}

func FuzzDistJSON(f *testing.F) {
	for _, s := range []string{`550`, `{"mean":60,"median":30}`, `{"peaks":[{"mean":1,"weight":2},{"points":[{"value":3}]}]}`, `{"value":1,"min":2,"max":3}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var d Dist
		if json.Unmarshal(in, &d) != nil || len(d.check("x")) > 0 {
			return
		}
		s := random.Seeded(1).Stream("fuzz")
		for range 20 {
			if v := d.whole(s); v < 1 || v > maxDraw*20 && d.Median == 0 && d.StdDev == 0 {
				t.Fatalf("%s drew %d", in, v)
			}
		}
	})
}

func TestParsePairs(t *testing.T) {
	want := []Pair{{Dist{Mean: 256, StdDev: 10}, Dist{Mean: 128, StdDev: 5.5}, 40}, {Dist{Mean: 512}, Dist{Mean: 256}, 60}}
	for _, text := range []string{
		"256|10,128|5.5:40;512,256:60", " 256|10 , 128|5.5 : 40 ; 512,256:60 ; ",
		"[(256|10,128|5.5):40,(512,256):60]", "[ (256|10, 128|5.5): 40, (512,256):60 ]",
		`{"pairs":[{"isl":256,"isl_stddev":10,"osl":128,"osl_stddev":5.5,"prob":40},{"isl":512,"osl":256,"prob":60}]}`,
	} {
		if got, err := ParsePairs(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gave %v, %v", text, got, err)
		}
	}
	for text, part := range map[string]string{
		"": "empty", "1,2:99": "add up to 99", "1,2:50;3,4:51": "add up to 101", "0,2:100": "ISL of pair 1 is 0", "1,0:100": "OSL of pair 1 is 0",
		"1,2": "no ISL", "a,2:100": "no ISL", "1|x,2:100": "no ISL", "1,2:x": "no ISL", "1;2:100": "no ISL", "1,2:150": "from 0 to 100", "-5,2:100": "mean ISL of pair 1",
		"[(1,2):100": "not closed", "[1,2:100]": "no (ISL,OSL)", "[(1,2):50,(3,4):50,]": "missing after", "[]": "no pair", ";": "no pair", "[(1,2):50 x,(3,4):50]": "no ISL",
		`{"pairs":[{"isl":1,"osl":2}]}`: "pair 1: it needs", `{"pairs":[{"isl":1,"osl":2,"prob":100,"x":1}]}`: "unknown key", `{"pear":[]}`: "unknown key", `{"pairs":[]}`: "no pair", `{`: "read",
	} {
		if got, err := ParsePairs(text); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q gave %v and error %v, want one with %q", text, got, err, part)
		}
	}
}

func FuzzParsePairs(f *testing.F) {
	for _, s := range []string{"256|10,128|5.5:40;512,256:60", "[(256|10,128):40,(512,256):60]", `{"pairs":[{"isl":1,"osl":2,"prob":100}]}`, "[(", "1,2:100;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairs, err := ParsePairs(text)
		if err == nil && (len(pairs) == 0 || len(checkPairs(pairs)) > 0) {
			t.Errorf("%q gave %v", text, pairs)
		}
	})
}

// The two lengths of a pair stay together, and come in their shares.
func TestPairsStayTogether(t *testing.T) {
	pairs, err := ParsePairs("10,4:25;20,6:75")
	if err != nil {
		t.Fatal(err)
	}
	d := mustSynthetic(t, SyntheticConfig{Entries: 2000, ISL: Dist{Mean: 550}, Pairs: pairs, Turns: Dist{Mean: 2}}, random.Seeded(1), token.Builtin())
	count := map[[2]int]int{}
	for i := range d.Len() {
		for _, turn := range at(t, d, i).Turns {
			count[[2]int{turn.InputTokens, turn.MaxTokens}]++
		}
	}
	if len(count) != 2 || math.Abs(float64(count[[2]int{10, 4}])-1000) > 100 || count[[2]int{20, 6}] < 2800 {
		t.Errorf("pairs %v, want 10/4 a quarter and 20/6 three quarters of 4000", count)
	}
}

func TestRangeRatio(t *testing.T) {
	for _, c := range []struct {
		r              RangeRatio
		isl            float64
		special        int
		in, out        [2]int
		drawnLo, drawn int
	}{
		{RangeRatio{Input: 0.3, Output: 0.5}, 101, 1, [2]int{70, 130}, [2]int{5, 15}, 70, 130},
		{RangeRatio{Input: 0.2, Output: 0.2, Style: SGLang}, 101, 1, [2]int{20, 101}, [2]int{2, 10}, 19, 100},
		{RangeRatio{}, 50, 0, [2]int{50, 50}, [2]int{10, 10}, 50, 50},
	} {
		in, hi := c.r.input(c.isl, c.special)
		if got := [2]int{in, hi}; got != c.in {
			t.Errorf("%+v: input window %v, want %v", c.r, got, c.in)
		}
		lo, hi := c.r.output(10)
		if got := [2]int{lo, hi}; got != c.out {
			t.Errorf("%+v: output window %v, want %v", c.r, got, c.out)
		}
		d := mustSynthetic(t, SyntheticConfig{Entries: 1500, ISL: Dist{Mean: c.isl}, OSL: Dist{Mean: 10}, Ratio: &c.r, SpecialTokens: c.special}, random.Seeded(1), token.Builtin())
		minIn, maxIn, minOut, maxOut := math.MaxInt, 0, math.MaxInt, 0
		for i := range d.Len() {
			turn := at(t, d, i).Turns[0]
			minIn, maxIn = min(minIn, turn.InputTokens), max(maxIn, turn.InputTokens)
			minOut, maxOut = min(minOut, turn.MaxTokens), max(maxOut, turn.MaxTokens)
		}
		if minIn != c.drawnLo || maxIn != c.drawn || minOut != c.out[0] || maxOut != c.out[1] {
			t.Errorf("%+v: drew %d..%d and %d..%d", c.r, minIn, maxIn, minOut, maxOut)
		}
	}
}

func TestParseRangeRatio(t *testing.T) {
	for text, want := range map[string]RangeRatio{"0.3": {Input: 0.3, Output: 0.3}, ` {"input": 0.1, "output": 0.2}`: {Input: 0.1, Output: 0.2}} {
		if got, err := ParseRangeRatio(text, ""); err != nil || got != want {
			t.Errorf("%s gave %v, %v", text, got, err)
		}
	}
	if got, err := ParseRangeRatio("1", SGLang); err != nil || got != (RangeRatio{1, 1, SGLang}) {
		t.Errorf("sglang 1 gave %v, %v", got, err)
	}
	for _, c := range []struct {
		text  string
		style RatioStyle
		want  string
	}{
		{"", "", "use a number"}, {"x", "", "use a number"}, {"1", VLLM, "below 1"}, {"-0.1", "", "at least 0"}, {"NaN", "", "at least 0"}, {"2", SGLang, "from 0 to 1"},
		{`{"input":0.1,"output":0.2}`, SGLang, "one for both"}, {`{"input":0.1}`, "", "use a number"}, {`{"input":0.1,"output":0.2,"x":1}`, "", "use a number"}, {"0.1", "tgi", "unknown range ratio style"},
	} {
		if _, err := ParseRangeRatio(c.text, c.style); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %s: error %v, want one with %q", c.text, c.style, err, c.want)
		}
	}
}

func TestOverheads(t *testing.T) {
	tok := token.Builtin()
	d := mustSynthetic(t, SyntheticConfig{Entries: 1, ISL: Dist{Mean: 50}, Turns: Dist{Mean: 2}, FirstTurnOverhead: 7, TurnOverhead: 4}, random.Seeded(1), tok)
	turns := at(t, d, 0).Turns
	if a, b := turns[0].InputTokens, turns[1].InputTokens; a != 43 || b != 46 {
		t.Errorf("turns of %d and %d tokens, want 43 and 46", a, b)
	}
	d = mustSynthetic(t, SyntheticConfig{Entries: 1, ISL: Dist{Mean: 5}, FirstTurnOverhead: 9}, random.Seeded(1), tok)
	if n := at(t, d, 0).Turns[0].InputTokens; n != 1 {
		t.Errorf("an overhead above the ISL left %d tokens, want 1", n)
	}
}
