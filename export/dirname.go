package export

import (
	"strconv"
	"strings"
)

// Stimulus is the load of the first phase that is not a warm-up, as far as the
// name of the artifact directory tells it. Zero fields are not set.
type Stimulus struct {
	FixedSchedule bool
	Users         int // user-centric, with Rate as requests per second
	Concurrency   int
	Rate          float64
}

// DirName is AIPerf's name for the directory of a run, below the artifacts
// folder: org_model-openai-chat-concurrency2.
func DirName(models []string, endpointType string, s Stimulus) string {
	model := "model"
	if len(models) > 0 {
		model = strings.ReplaceAll(models[0], "/", "_")
	}
	if len(models) > 1 {
		model += "_multi"
	}
	return model + "-openai-" + endpointType + "-" + s.String()
}

// String prints the load as the last part of the directory's name.
func (s Stimulus) String() string {
	rate := strconv.FormatFloat(s.Rate, 'f', -1, 64)
	if !strings.Contains(rate, ".") {
		rate += ".0"
	}
	switch {
	case s.FixedSchedule:
		return "fixed_schedule"
	case s.Users > 0:
		return "user_centric-users" + strconv.Itoa(s.Users) + "-qps" + rate
	case s.Rate > 0 && s.Concurrency > 0:
		return "concurrency" + strconv.Itoa(s.Concurrency) + "-request_rate" + rate
	case s.Rate > 0:
		return "request_rate" + rate
	}
	return "concurrency" + strconv.Itoa(s.Concurrency)
}
