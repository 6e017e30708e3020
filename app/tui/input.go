package tui

import (
	"os"
	"sync"
)

// input is the keyboard. A terminal that hung up gives an end of file, which
// Bubble Tea takes for silence.
type input struct {
	*os.File
	once *sync.Once
	gone chan struct{}
}

func newInput(f *os.File) input { return input{f, new(sync.Once), make(chan struct{})} }

func (i input) Read(p []byte) (int, error) {
	n, err := i.File.Read(p)
	if n == 0 && err != nil {
		i.once.Do(func() { close(i.gone) })
	}
	return n, err
}
