package plot

import (
	"context"
	"errors"
	"fmt"

	"tacho/export/replay"
)

// Picture is one file to draw.
type Picture struct {
	// Name is that of the file.
	Name string
	// Missing says why it cannot be drawn; it is empty when it can.
	Missing string
	// Without are the folders of runs that it cannot show, because they lack its
	// figures.
	Without []string
	draw    func(th *Theme) *frame
}

// Encode draws the picture as PNG.
func (p *Picture) Encode(th *Theme) ([]byte, error) {
	data, err := p.draw(th).encode(th)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", p.Name, err)
	}
	return data, nil
}

// Pictures are those of some runs: over time of one, beside each other of
// several.
func Pictures(ctx context.Context, dirs []*replay.Dir) ([]Picture, error) {
	switch len(dirs) {
	case 0:
		return nil, errors.New("no run to draw")
	case 1:
		return single(ctx, dirs[0])
	}
	return compare(ctx, dirs)
}
