package dataset

import "iter"

// Info is what there is to say of a data set.
type Info struct {
	// Kind is synthetic, the format of a file or the name of a public data set.
	Kind string
	// Path is the file, if there is one; of a public data set the first.
	Path string
	// Detected: the format was found out, not given.
	Detected bool
	// Trace: the file is a trace of real load.
	Trace bool
	// Timed: the first conversation has a time at which it is to begin.
	Timed bool
	// Sampling is the order that suits it when the user names none.
	Sampling Sampling
	// Notices are what the user should know.
	Notices []string
}

// Timed is a Dataset that can be sent by the times in it.
type Timed interface {
	Dataset
	// Starts yields the conversations in the order in which a fixed schedule
	// begins them. An error ends it.
	Starts() iter.Seq2[Start, error]
}

// Describe says what there is to say of a data set. Notices may grow while a
// file is still being read.
func Describe(d Dataset) Info {
	switch d := d.(type) {
	case *Synthetic:
		return Info{Kind: "synthetic", Sampling: Sequential}
	case *Pool:
		return Info{Kind: string(RandomPool), Path: d.cfg.Path, Detected: d.found, Sampling: Shuffle}
	case *File:
		return d.describe()
	}
	return Info{Sampling: Sequential}
}

func (f *File) describe() Info {
	info := Info{Kind: f.kind, Path: f.cfg.Path, Detected: f.detected, Trace: f.format.trace, Sampling: Sequential}
	if c, err := f.At(0); err == nil {
		info.Timed = c.Turns[0].Timed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	info.Notices = append(info.Notices, f.notes.list...)
	return info
}
