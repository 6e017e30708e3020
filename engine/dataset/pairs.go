package dataset

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"tacho/engine/random"
)

// Pair is one (ISL, OSL) shape of a mixed load and its share in percent.
type Pair struct {
	ISL, OSL Dist
	Percent  float64
}

// ParsePairs reads a sequence distribution in one of AIPerf's three grammars:
//
//	256|10,128|5:40; 512,256:60
//	[(256|10,128|5):40, (512,256):60]
//	{"pairs": [{"isl": 256, "isl_stddev": 10, "osl": 128, "osl_stddev": 5, "prob": 40}, …]}
//
// The shares are percent and add up to 100. Unlike AIPerf, whose bracket form
// skips what it does not understand, each form is read in full.
func ParsePairs(text string) ([]Pair, error) {
	text = strings.TrimSpace(text)
	var pairs []Pair
	var err error
	switch {
	case text == "":
		err = errors.New("it is empty: give ISL,OSL:PERCENT;...")
	case text[0] == '{':
		pairs, err = pairsOfJSON(text)
	case text[0] == '[':
		pairs, err = pairsOfBrackets(text)
	default:
		pairs, err = pairsOfText(text)
	}
	if err == nil {
		err = errors.Join(checkPairs(pairs)...)
	}
	if err != nil {
		return nil, fmt.Errorf("sequence distribution %.80q: %w", text, err)
	}
	return pairs, nil
}

func pairsOfText(text string) ([]Pair, error) {
	var pairs []Pair
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := parsePair(part, part)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func pairsOfBrackets(text string) ([]Pair, error) {
	inner, ok := strings.CutSuffix(text[1:], "]")
	if !ok {
		return nil, errors.New("the list is not closed with ]")
	}
	var pairs []Pair
	for rest := strings.TrimSpace(inner); rest != ""; {
		body, ok := strings.CutPrefix(rest, "(")
		lengths, after, closed := strings.Cut(body, ")")
		if !ok || !closed {
			return nil, fmt.Errorf("%q is no (ISL,OSL):PERCENT", rest)
		}
		share, next, more := strings.Cut(after, ",")
		p, err := parsePair(lengths+strings.TrimSpace(share), "("+lengths+")"+share)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
		rest = strings.TrimSpace(next)
		if more && rest == "" {
			return nil, errors.New("a pair is missing after the last comma")
		}
	}
	return pairs, nil
}

// parsePair reads ISL[|SD],OSL[|SD]:PERCENT; shown is what the user wrote.
func parsePair(s, shown string) (p Pair, err error) {
	wrong := func() (Pair, error) {
		return Pair{}, fmt.Errorf("%q is no ISL[|STDDEV],OSL[|STDDEV]:PERCENT", shown)
	}
	lengths, share, ok := strings.Cut(s, ":")
	in, out, both := strings.Cut(lengths, ",")
	if !ok || !both {
		return wrong()
	}
	for _, f := range []struct {
		text string
		into *Dist
	}{{in, &p.ISL}, {out, &p.OSL}} {
		mean, sd, has := strings.Cut(strings.TrimSpace(f.text), "|")
		n, err := strconv.Atoi(strings.TrimSpace(mean))
		if err != nil {
			return wrong()
		}
		f.into.Mean = float64(n)
		if has {
			if f.into.StdDev, err = strconv.ParseFloat(strings.TrimSpace(sd), 64); err != nil {
				return wrong()
			}
		}
	}
	if p.Percent, err = strconv.ParseFloat(strings.TrimSpace(share), 64); err != nil {
		return wrong()
	}
	return p, nil
}

func pairsOfJSON(text string) ([]Pair, error) {
	var doc struct {
		Pairs []json.RawMessage
	}
	if err := strictJSON([]byte(text), &doc); err != nil {
		return nil, err
	}
	var pairs []Pair
	for i, raw := range doc.Pairs {
		var f struct {
			ISL, OSL  *float64
			ISLStdDev float64  `json:"isl_stddev"`
			OSLStdDev float64  `json:"osl_stddev"`
			Prob      *float64 `json:"prob"`
		}
		if err := strictJSON(raw, &f); err != nil {
			return nil, fmt.Errorf("pair %d: %w", i+1, err)
		}
		if f.ISL == nil || f.OSL == nil || f.Prob == nil {
			return nil, fmt.Errorf("pair %d: it needs isl, osl and prob", i+1)
		}
		pairs = append(pairs, Pair{Dist{Mean: *f.ISL, StdDev: f.ISLStdDev}, Dist{Mean: *f.OSL, StdDev: f.OSLStdDev}, *f.Prob})
	}
	return pairs, nil
}

// shareSlack is how far from 100 the shares may add up, as in AIPerf.
const shareSlack = 1e-4

// CheckPairs reports everything that is wrong with pairs.
func CheckPairs(pairs []Pair) error { return errors.Join(checkPairs(pairs)...) }

func checkPairs(pairs []Pair) []error {
	if len(pairs) == 0 {
		return []error{errors.New("there is no pair")}
	}
	var errs []error
	total := 0.0
	for i := range pairs {
		p := &pairs[i]
		for _, d := range []struct {
			name string
			*Dist
		}{{"ISL", &p.ISL}, {"OSL", &p.OSL}} {
			name := fmt.Sprintf("%s of pair %d", d.name, i+1)
			if d.None() {
				errs = append(errs, fmt.Errorf("%s is 0: must be above 0", name))
			}
			errs = append(errs, d.checkTokens(name)...)
		}
		if !(p.Percent >= 0 && p.Percent <= 100) {
			errs = append(errs, fmt.Errorf("the share of pair %d is %v: must be from 0 to 100 percent", i+1, p.Percent))
		}
		total += p.Percent
	}
	if len(errs) == 0 && !(math.Abs(total-100) <= shareSlack) {
		errs = append(errs, fmt.Errorf("the shares add up to %v percent: must be 100", total))
	}
	return errs
}

// pickPair draws one pair by its share.
func pickPair(pairs []Pair, s *random.Stream) *Pair {
	weights := make([]float64, len(pairs))
	for i := range pairs {
		weights[i] = pairs[i].Percent
	}
	return &pairs[s.Pick(weights)]
}
