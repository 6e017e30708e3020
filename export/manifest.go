package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"tacho/engine/snap"
)

// ManifestVersion is the layout of manifest.json.
const ManifestVersion = 1

// Manifest is manifest.json: what one needs to know to trust a result and to
// make it again. Fields that are not known are left out.
type Manifest struct {
	ManifestVersion int    `json:"manifest_version"`
	TachoVersion    string `json:"tacho_version"`
	// Formats are the versions of the other files.
	Formats Formats `json:"formats"`

	BenchmarkID string `json:"benchmark_id"`
	// Profile is the resolved profile tree, Args the command line with secrets
	// redacted.
	Profile json.RawMessage `json:"profile,omitempty"`
	Args    []string        `json:"args,omitempty"`
	// Seeds by use: "dataset", "arrivals".
	Seeds map[string]int64 `json:"seeds,omitempty"`
	// DatasetSHA256 is over the request bodies in order.
	DatasetSHA256 string     `json:"dataset_sha256,omitempty"`
	Server        *Server    `json:"server,omitempty"`
	Tokenizer     *Tokenizer `json:"tokenizer,omitempty"`
	Clock         *Clock     `json:"clock,omitempty"`
	Client        *Client    `json:"client,omitempty"`
	Host          *Host      `json:"host,omitempty"`

	// Window is what the rates divide by, exact where the summary rounds it.
	Window *Window `json:"window,omitempty"`

	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Outcome is "complete", "cancelled", "failed" or "partial"; Cause says
	// why when it is not complete.
	Outcome string `json:"outcome"`
	Cause   string `json:"cause,omitempty"`
	// Simulated says that the server was tacho's own simulator: no number in
	// the directory says anything about real hardware.
	Simulated bool     `json:"simulated,omitempty"`
	Notices   []string `json:"notices,omitempty"`
	// Variables are those of the configuration file that user files name.
	Variables json.RawMessage `json:"variables,omitempty"`

	// Cost is what the measured work took in energy and money; absent when
	// neither is known.
	Cost *Cost `json:"cost,omitempty"`

	// Sensors are the sources of GPU and server figures that were asked for or
	// answered.
	Sensors []SensorReport `json:"sensors,omitempty"`

	// Sinks are the streamed files with the rows that were lost, Files all
	// files but the manifest itself and the ready mark.
	Sinks []SinkReport `json:"sinks,omitempty"`
	Files []FileReport `json:"files"`
}

// Window is a stretch of time in Unix nanoseconds.
type Window struct {
	StartNS int64 `json:"start_ns"`
	EndNS   int64 `json:"end_ns"`
}

// Formats are the versions of the formats written.
type Formats struct {
	AIPerf  string `json:"aiperf"`
	Profile string `json:"profile_schema"`
}

// Server is what the server said about itself.
type Server struct {
	URLs []string `json:"urls,omitempty"`
	// Header is the Server response header, Version the answer of /version.
	Header  string          `json:"header,omitempty"`
	Version json.RawMessage `json:"version,omitempty"`
	// Models is the answer of /v1/models.
	Models json.RawMessage `json:"models,omitempty"`
	// Health is the status of /health: "200 OK".
	Health string `json:"health,omitempty"`
	// Config is what the server tells of its model and its settings, by the path
	// that told it: "/info" of TGI, "/get_model_info" of SGLang, "/props" of
	// llama.cpp.
	Config map[string]json.RawMessage `json:"config,omitempty"`
}

// Tokenizer is who counted the tokens.
type Tokenizer struct {
	Name string `json:"name"`
	// Source is a file, "builtin" or "server".
	Source string `json:"source,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// Clock is the source and the quality of the time stamps. Latenesses are in ms.
type Clock struct {
	// Source is "kernel" or "user".
	Source string `json:"source"`
	// EqualStamps is the share 0..1 of content chunks that share a stamp with
	// the one before.
	EqualStamps Float `json:"equal_stamps"`
	ReadLag     Lag   `json:"read_lag_ms"`
	// Steps counts jumps of the wall clock seen, Refused kernel stamps that
	// could not be right and were not used.
	Steps   int64 `json:"steps"`
	Refused int64 `json:"refused"`
}

// Lag is a distribution in ms.
type Lag struct {
	P50 Float `json:"p50"`
	P99 Float `json:"p99"`
	Max Float `json:"max"`
}

// Client is how this process did.
type Client struct {
	SendLag Lag `json:"send_lag_ms"`
	// CPU is the mean share of one core.
	CPU        Float  `json:"cpu"`
	MaxRSS     int64  `json:"max_rss_bytes"`
	GCPauseMax Float  `json:"gc_pause_max_ms"`
	GCCount    int64  `json:"gc_count"`
	Verdict    string `json:"verdict,omitempty"`
	Reason     string `json:"reason,omitempty"`
}

// Host is where the load came from.
type Host struct {
	Go     string `json:"go"`
	OS     string `json:"os"`
	Kernel string `json:"kernel,omitempty"`
	Arch   string `json:"arch"`
	Cores  int    `json:"cores"`
}

// Cost is what the measured phases took; what is not known is null. Tokens are
// output tokens, good ones those of requests that met all objectives.
type Cost struct {
	PricePerHour float64 `json:"price_per_hour,omitempty"`
	Seconds      Float   `json:"seconds"`
	Tokens       Float   `json:"tokens"`
	GoodTokens   Float   `json:"good_tokens"`
	Joules       Float   `json:"joules"`
	// SilentGPUs are those of GPUs whose energy was not read to the end; then that
	// of all is not known.
	SilentGPUs int `json:"silent_gpus,omitempty"`
	GPUs       int `json:"gpus,omitempty"`

	Price             Float `json:"price"`
	PerMTok           Float `json:"price_per_million_tokens"`
	PerGoodMTok       Float `json:"price_per_million_good_tokens"`
	JoulesPerMTok     Float `json:"joules_per_million_tokens"`
	JoulesPerGoodMTok Float `json:"joules_per_million_good_tokens"`
}

// SensorReport is how the reading of one source of figures went.
type SensorReport struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"` // gpu, server
	Reads  int64  `json:"reads"`
	Failed int64  `json:"failed"`
}

// SinkReport is the end state of one streamed file.
type SinkReport struct {
	Name  string `json:"name"`
	Rows  int64  `json:"rows"`
	Lost  int64  `json:"lost"`
	Error string `json:"error,omitempty"`
}

// FileReport is one file with its size.
type FileReport struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// Float is a number that may be unknown: NaN is null in JSON.
type Float float64

// MarshalJSON implements json.Marshaler.
func (f Float) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *Float) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*f = Float(math.NaN())
		return nil
	}
	return json.Unmarshal(data, (*float64)(f))
}

// Encode prints the manifest with two spaces of indentation and without HTML
// escapes.
func (m *Manifest) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, fmt.Errorf("encode manifest: %w", err)
	}
	return b.Bytes(), nil
}

// DecodeManifest is the inverse of Encode. Unknown fields are ignored.
func DecodeManifest(data []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("decode manifest: %w", err)
	}
	return &m, nil
}

// WriteManifest lists the files below dir in the manifest and writes it.
func WriteManifest(m *Manifest, names Names, dir string) (snap.File, error) {
	c := *m
	c.ManifestVersion = ManifestVersion
	files, err := listFiles(dir)
	if err != nil {
		return snap.File{}, fmt.Errorf("write %s: %w", names.Of(ManifestJSON), err)
	}
	c.Files = c.Files[:0:0]
	for _, f := range files {
		if f.Name != names.Of(ManifestJSON) && f.Name != names.Of(Ready) {
			c.Files = append(c.Files, FileReport{f.Name, f.Bytes})
		}
	}
	data, err := c.Encode()
	if err != nil {
		return snap.File{}, err
	}
	return WriteFile(dir, names.Of(ManifestJSON), data, 0o644)
}

// listFiles returns every regular file below dir, names with slashes, sorted.
func listFiles(dir string) ([]snap.File, error) {
	var out []snap.File
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		st, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		out = append(out, snap.File{Name: filepath.ToSlash(rel), Bytes: st.Size()})
		return nil
	})
	return out, err
}
