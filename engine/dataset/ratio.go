package dataset

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// RatioStyle names the tool whose window a RangeRatio means.
type RatioStyle string

// The windows about a mean m with ratio r.
const (
	VLLM   RatioStyle = "vllm"   // floor(m(1-r)) … ceil(m(1+r))
	SGLang RatioStyle = "sglang" // max(1, int(m·r)) … m
)

// RangeRatio draws lengths uniformly from a window about their means.
type RangeRatio struct {
	Input, Output float64
	Style         RatioStyle // empty is VLLM
}

// ParseRangeRatio reads a number, or {"input": r, "output": r} for the vllm
// style.
func ParseRangeRatio(text string, style RatioStyle) (RangeRatio, error) {
	r := RangeRatio{Style: style}
	text = strings.TrimSpace(text)
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		r.Input, r.Output = v, v
	} else {
		var f struct{ Input, Output *float64 }
		if !strings.HasPrefix(text, "{") || strictJSON([]byte(text), &f) != nil || f.Input == nil || f.Output == nil {
			return r, fmt.Errorf(`range ratio %q: use a number, or {"input": 0.3, "output": 0.5}`, text)
		}
		r.Input, r.Output = *f.Input, *f.Output
	}
	if errs := r.check(); len(errs) > 0 {
		return r, errs[0]
	}
	return r, nil
}

func (r *RangeRatio) check() []error {
	var errs []error
	switch r.Style {
	case "", VLLM:
		for _, v := range []float64{r.Input, r.Output} {
			if !(v >= 0 && v < 1) {
				errs = append(errs, fmt.Errorf("range ratio is %v: must be at least 0 and below 1", v))
			}
		}
	case SGLang:
		if !(r.Input >= 0 && r.Input <= 1) {
			errs = append(errs, fmt.Errorf("range ratio is %v: must be from 0 to 1", r.Input))
		} else if r.Input != r.Output {
			errs = append(errs, fmt.Errorf("range ratios are %v and %v: the sglang style has one for both lengths", r.Input, r.Output))
		}
	default:
		errs = append(errs, fmt.Errorf("unknown range ratio style %q: use vllm or sglang", r.Style))
	}
	return errs
}

// input is the window of prompt lengths. In the vllm style the mean is first
// lowered by the special tokens; in the sglang style each draw is, later.
func (r *RangeRatio) input(mean float64, special int) (lo, hi int) {
	m := math.Trunc(mean)
	if r.Style == SGLang {
		return max(1, int(m*r.Input)), int(m)
	}
	m = max(0, m-float64(special))
	return int(math.Floor(m * (1 - r.Input))), int(math.Ceil(m * (1 + r.Input)))
}

// output is the window of answer lengths.
func (r *RangeRatio) output(mean float64) (lo, hi int) {
	m := math.Trunc(mean)
	if r.Style == SGLang {
		return max(1, int(m*r.Output)), int(m)
	}
	return max(1, int(math.Floor(m*(1-r.Output)))), max(1, int(math.Ceil(m*(1+r.Output))))
}
