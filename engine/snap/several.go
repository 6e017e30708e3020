package snap

// Several is where a command stands that makes several runs: a sweep, repeats
// of one configuration, or a search. It is never changed once published.
type Several struct {
	// Title says what is done: "sweep", "repeats", "search".
	Title string
	// Names are the settings that differ; Cells have a value for each.
	Names []string
	Cells []SeveralCell
	// At is the cell under way, an index into Cells; -1 between two.
	At int
	// Now names the run under way: "2/6 concurrency=4"; empty between two.
	Now string
	// Note is a sentence on what happens between two runs; may be empty.
	Note string
	// Limits are what a search asks of each cell, with a value in its AtLimits.
	Limits []SeveralLimit
	// Answer is what came of a search, a line each; nil while it goes on.
	Answer []string
}

// SeveralLimit is a limit that a search asks for: a value by name that no cell is
// to be beyond.
type SeveralLimit struct {
	Name  string // "TTFT p95 ms"
	Limit float64
}

// CellState is how far a cell is.
type CellState string

// The states of a cell.
const (
	CellWaiting CellState = "waiting"
	CellRunning CellState = "running"
	CellDone    CellState = "done"
	CellFailed  CellState = "failed"
	CellCut     CellState = "cut" // stopped before its end
)

// SeveralCell is one configuration. Numbers are NaN where they are not known;
// over several repeats they are means. Times are ms.
type SeveralCell struct {
	Values   []string
	State    CellState
	Runs, Of int // made, and to make
	// Kept says that its runs are those of an earlier command.
	Kept bool

	TTFT50, TTFT99, ITL50, Latency99 float64
	RequestsPerSec, TokSec           float64
	// GoodShare is 0..1, NaN without limits.
	GoodShare        float64
	Requests, Errors int64
	// Note is a word on how it ended: why it failed, or a verdict.
	Note string
	// AtLimits are its values of Several.Limits, NaN where not known.
	AtLimits []float64
}
