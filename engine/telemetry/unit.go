package telemetry

import (
	"regexp"
	"strings"
)

// UnitOf guesses the unit of a server's metric from what its description and
// name say, as AIPerf does; empty when they say nothing.
func UnitOf(name, help string) string {
	if u := scaleOf(help); u != "" {
		return u
	}
	if m := inUnit.FindStringSubmatch(help); m != nil {
		if u, ok := unitTags[m[1]]; ok {
			return u
		}
	}
	for _, d := range unitWords {
		if d.pattern.MatchString(help) {
			return d.unit
		}
	}
	name = strings.ToLower(name)
	longest, unit := 0, ""
	for suffix, u := range unitSuffixes {
		if len(suffix) > longest && strings.HasSuffix(name, suffix) {
			longest, unit = len(suffix), u
		}
	}
	if unit == "" && strings.Contains(name, "num_requests_") {
		return "requests"
	}
	return unit
}

// A description that gives the range says whether it is a share or percent.
var (
	ratioRange = regexp.MustCompile(`(?i)\(0(?:\.0)?\s*(?:[-–—]+|to)\s*1(?:\.0)?\)` +
		`|\b0(?:\.0)?\s*(?:[-–—]+|to)\s*1(?:\.0)?\b` +
		`|(?:\b|\()1(?:\.0)?\s*(?:means|is|equals?|==?)\s*100\s*(?:%|percent)`)
	percentRange = regexp.MustCompile(`(?i)\(0(?:\.0)?\s*(?:[-–—]+|to)\s*100(?:\.0)?\)` +
		`|\brange\s+0\s*(?:[-–—]+|to)\s*100\b` +
		`|\b0\s*(?:[-–—]+|to)\s*100\s*%`)
)

func scaleOf(help string) string {
	switch {
	case ratioRange.MatchString(help):
		return "ratio"
	case percentRange.MatchString(help):
		return "percent"
	}
	return ""
}

// inUnit is the unit in brackets as exporters of GPU figures give it. Case
// matters: mJ is not MJ.
var inUnit = regexp.MustCompile(`\(in\s+([^\s)]+)\)`)

var unitTags = map[string]string{
	"MiB": "megabytes", "GiB": "gigabytes", "KiB": "kilobytes", "B": "bytes",
	"MB": "megabytes", "GB": "gigabytes", "KB": "kilobytes", "TB": "terabytes",
	"C": "celsius", "°C": "celsius", "F": "fahrenheit", "°F": "fahrenheit", "K": "kelvin",
	"Hz": "hertz", "MHz": "megahertz", "GHz": "gigahertz",
	"W": "watt", "mW": "milliwatt", "J": "joule", "mJ": "millijoule", "MJ": "megajoule",
	"s": "seconds", "sec": "seconds", "ms": "milliseconds", "ns": "nanoseconds", "us": "microseconds", "µs": "microseconds",
	"GB/s": "gb/s", "MB/s": "mb/s", "%": "percent", "percent": "percent",
}

// unitWords are phrases of descriptions, tried in order.
var unitWords = []struct {
	pattern *regexp.Regexp
	unit    string
}{
	{phrase(`seconds?`), "seconds"},
	{phrase(`(?:milliseconds?|ms)`), "milliseconds"},
	{phrase(`(?:nanoseconds?|ns)`), "nanoseconds"},
	{phrase(`bytes?`), "bytes"},
	{phrase(`GB/s`), "gb/s"},
	{phrase(`MB/s`), "mb/s"},
	{phrase(`tokens?/s(?:ec(?:ond)?)?`), "tokens/s"},
	{phrase(`requests?/s(?:ec(?:ond)?)?`), "requests/s"},
	{regexp.MustCompile(`(?i)\bin\s+tokens?\b`), "tokens"},
}

// phrase is "in X" or "(X)".
func phrase(unit string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:\bin\s+|\()` + unit + `(?:\b|\))`)
}

// unitSuffixes are the endings of names; the longest counts.
var unitSuffixes = map[string]string{
	"_seconds": "seconds", "_seconds_total": "seconds", "_milliseconds": "milliseconds", "_ms": "milliseconds", "_ms_total": "milliseconds",
	"_nanoseconds": "nanoseconds", "_ns": "nanoseconds", "_ns_total": "nanoseconds",
	"_bytes": "bytes", "_kilobytes": "kilobytes", "_megabytes": "megabytes", "_gigabytes": "gigabytes", "_bytes_total": "bytes",
	"_total": "count", "_count": "count", "_tokens": "tokens", "_tokens_total": "tokens",
	"_requests": "requests", "_requests_total": "requests", "request_success": "requests", "_reqs": "requests",
	"_errors": "errors", "_errors_total": "errors", "_error_count": "errors", "_error_count_total": "errors",
	"_blocks": "blocks", "_blocks_total": "blocks", "_block_count": "blocks", "_gb_s": "gb/s",
	"_ratio": "ratio", "_percent": "percent", "_perc": "percent", "_celsius": "celsius", "_joules": "joule", "_watts": "watt",
}
