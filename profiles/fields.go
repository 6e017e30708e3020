package profiles

import (
	"reflect"
	"slices"
	"strings"
)

// Groups, as AIPerf's help names them, in the order help shows them.
const (
	groupEndpoint  = "Endpoint"
	groupTokenizer = "Tokenizer"
	groupInput     = "Input"
	groupSchedule  = "Fixed Schedule"
	groupGoodput   = "Goodput"
	groupConv      = "Conversation Input"
	groupPrompt    = "Prompt"
	groupCacheBust = "Cache Bust"
	groupPrefix    = "Prefix Prompt"
	groupISL       = "Input Sequence Length (ISL)"
	groupOSL       = "Output Sequence Length (OSL)"
	groupAudio     = "Audio Input"
	groupImage     = "Image Input"
	groupVideo     = "Video Input"
	groupRankings  = "Rankings"
	groupSynthesis = "Synthesis"
	groupLoad      = "Load Generator"
	groupScenario  = "Scenario"
	groupWarmup    = "Warmup"
	groupUsers     = "User-Centric Rate"
	groupCancel    = "Request Cancellation"
	groupOutput    = "Output"
	groupTrace     = "HTTP Trace"
	groupServer    = "Server Metrics"
	groupNetwork   = "Network Latency"
	groupGPU       = "GPU Telemetry"
	groupUI        = "UI"
	groupMultiRun  = "Multi-Run"
	groupAccuracy  = "Accuracy"
	groupService   = "Service"
	groupWorkers   = "Workers"
	groupZMQ       = "ZMQ Communication"
	groupConsole   = "Console"
	groupFile      = "Config file only"
)

// Fields is every option there is, ours and AIPerf's, grouped as help shows
// them. It is read only.
var Fields = table()

var (
	byName = indexNames()
	byKey  = indexKeys()
)

func table() []*Field {
	fields := slices.Concat(
		endpointFields(), tokenizerFields(), inputFields(), goodputFields(), sourceFields(), scheduleFields(), conversationFields(), promptFields(), lengthFields(), prefixFields(), mediaFields(), rankingFields(), synthesisFields(), shapeFields(),
		loadFields(), warmupFields(), userFields(), cancellationFields(), outputFields(), telemetryFields(), serviceFields(),
		multirunFields(), consoleFields(), fileFields(), laterFields(), fileLater(),
	)
	keys := map[leaf]string{}
	sk := skeleton()
	walk(reflect.ValueOf(sk).Elem(), "", func(path string, l leaf) { keys[l] = path })
	for _, f := range fields {
		if f.bind.leaves == nil {
			continue
		}
		if ls := f.bind.leaves(sk); len(ls) > 0 {
			f.Key = strings.TrimSuffix(keys[ls[0]], ".form") // whose keys stand beside the mean
		}
	}
	return fields
}

// skeleton is a profile with one of everything, to look settings up by.
func skeleton() *Profile {
	p := bare()
	p.phase(KindWarmup)
	p.Models.Items = make([]ModelItem, 1)
	return p
}

func indexNames() map[string]*Field {
	m := map[string]*Field{}
	for _, f := range Fields {
		for _, n := range f.Names() {
			m[n] = f
		}
	}
	return m
}

// indexKeys maps paths to the option that owns the setting there, and paths
// of settings we do not have to the option that would.
func indexKeys() map[string]*Field {
	m := map[string]*Field{}
	sk := skeleton()
	paths := map[leaf]string{}
	walk(reflect.ValueOf(sk).Elem(), "", func(path string, l leaf) { paths[l] = path })
	for _, f := range Fields {
		if f.bind.leaves == nil {
			if f.Key != "" {
				m[f.Key] = f
			}
			continue
		}
		for _, l := range f.bind.leaves(sk) {
			m[paths[l]] = f
		}
	}
	return m
}

// Lookup finds an option by any of its names, with dashes: --isl, -m. Dashes
// and underscores inside a name mean the same.
func Lookup(name string) *Field {
	if f, ok := byName[name]; ok || len(name) < 3 {
		return f
	}
	return byName[norm(name)]
}

// longNames lists every long name for suggestions, those of options that can
// be used first.
func longNames() []string {
	var usable, later []string
	for _, f := range Fields {
		for _, n := range f.Names() {
			switch {
			case len(n) == 2 || n[1] != '-':
			case f.Refuse == "":
				usable = append(usable, n)
			default:
				later = append(later, n)
			}
		}
	}
	return append(usable, later...)
}
