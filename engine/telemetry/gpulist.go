package telemetry

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// ReadGPUList reads a list of figures in the form that DCGM's exporter takes: a
// line `FIELD, gauge or counter, help (in UNIT)` for each, with comments behind
// #. It gives those that Fields has not, named as AIPerf names them; the others
// are read in any case. passed are lines of the exporter that are no such
// figures: texts, and counts that the exporter makes itself. Anything else is an
// error that names the line.
func ReadGPUList(r io.Reader) (fields []ExtraField, passed []string, err error) {
	lines := bufio.NewScanner(r)
	seen := map[string]int{} // tags, by line
	n, any := 0, false
	for lines.Scan() {
		n++
		text := lines.Text()
		if n == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if text = strings.TrimSpace(text); text == "" || text[0] == '#' {
			continue
		}
		any = true
		f, pass, err := gpuListLine(text)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("line %d: %w", n, err)
		case pass:
			passed = append(passed, f.DCGM)
			continue
		case f.Tag == "":
			continue
		}
		if first, twice := seen[f.Tag]; twice {
			return nil, nil, fmt.Errorf("line %d: %s gives %s, which line %d gives already; leave one of them out", n, f.DCGM, f.Tag, first)
		}
		if seen[f.Tag] = n; len(seen) > maxExtra {
			return nil, nil, fmt.Errorf("line %d: more than %d figures", n, maxExtra)
		}
		fields = append(fields, f)
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, nil, fmt.Errorf("line %d: is too long to be one of a list of figures", n+1)
	case err != nil:
		return nil, nil, err
	case !any:
		return nil, nil, fmt.Errorf("names no figure; want lines such as %s", gpuListExample)
	}
	return fields, passed, nil
}

const gpuListExample = "DCGM_FI_DEV_MEMORY_TEMP, gauge, Memory temperature (in C)"

// exporterKinds are what its exporter takes besides, and makes no figure of.
var exporterKinds = []string{"label", "histogram", "summary"}

var dcgmName = regexp.MustCompile(`^DCGM_(FI|EXP)_[A-Za-z0-9_]+$`)

// gpuListLine reads one line. It has no tag when the figure is one of Fields;
// pass says that it is one of the exporter's that is no figure.
func gpuListLine(text string) (f ExtraField, pass bool, err error) {
	if !utf8.ValidString(text) {
		return f, false, errors.New("is no text in UTF-8")
	}
	parts := strings.SplitN(text, ",", 3)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	name := parts[0]
	switch {
	case len(parts) < 3:
		return f, false, fmt.Errorf("%.80q: want three parts with commas between, such as %s", text, gpuListExample)
	case !dcgmName.MatchString(name):
		return f, false, fmt.Errorf("%.80q is no field of DCGM; want one such as DCGM_FI_DEV_MEMORY_TEMP", name)
	}
	f.DCGM = name
	switch kind := parts[1]; {
	case slices.Contains(exporterKinds, kind):
		return f, true, nil
	case kind != "gauge" && kind != "counter":
		return f, false, fmt.Errorf("%s: %.80q: want gauge or counter", name, kind)
	case strings.HasPrefix(name, "DCGM_EXP_"):
		return f, true, nil
	}
	if _, ours := dcgmFields[name]; ours {
		return f, false, nil
	}
	short := name
	if s, ok := strings.CutPrefix(name, "DCGM_FI_DEV_"); ok {
		short = s
	} else if s, ok := strings.CutPrefix(name, "DCGM_FI_PROF_"); ok {
		short = s
	}
	f.Tag = "nvidia_" + strings.ToLower(short)
	if _, taken := FieldByTag(f.Tag); taken {
		return f, false, fmt.Errorf("%s would be called %s, which is another figure that is always read; leave it out", name, f.Tag)
	}
	before, _, _ := strings.Cut(parts[2], "(")
	if f.Header = title(before); f.Header == "" {
		f.Header = title(strings.ReplaceAll(f.Tag, "_", " "))
	}
	f.Unit = unitOfHelp(parts[2])
	return f, false, nil
}

var helpUnit = regexp.MustCompile(`(?i)\(in\s+([^\s)]+)\)`)

// helpUnits are the units that AIPerf knows in a help text, in small letters.
// mJ and MJ are alike there, and so are KiB and KB; the numbers stay as they are.
var helpUnits = map[string]string{
	"w": "W", "%": "%", "percent": "%", "gb": "GB", "mb": "MB", "kb": "KB", "gib": "GB", "mib": "MB", "kib": "KB",
	"mhz": "MHz", "ghz": "GHz", "c": "°C", "°c": "°C", "celsius": "°C", "count": "count",
	"us": "us", "ms": "ms", "s": "sec", "mj": "MJ", "j": "J",
}

// unitOfHelp is the unit of a help text, "count" when it tells none.
func unitOfHelp(help string) string {
	if m := helpUnit.FindStringSubmatch(help); m != nil {
		if u := helpUnits[strings.ToLower(m[1])]; u != "" {
			return u
		}
	}
	return "count"
}
