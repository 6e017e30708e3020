package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"tacho/engine/snap"
	"tacho/export"
)

// Play opens an artifact directory, ours or AIPerf's, to be looked at. Files that
// are missing or damaged are named in the timeline; it is an error only when
// nothing is left to show. The caller must Close the player.
func Play(path string, o Options) (*Player, error) {
	d, err := Open(path)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	p := &Player{dir: d, profile: d.profile(), clock: o.Now, cancel: cancel, done: make(chan struct{})}
	if p.clock == nil {
		p.clock = time.Now
	}
	if err := p.load(ctx, o); err != nil {
		cancel()
		p.sensors.close()
		return nil, fmt.Errorf("open run %s: %w", path, err)
	}
	p.info, p.settings, p.client = d.info(), settings(p.profile), d.client()
	p.describe()
	p.head.speed = 1
	if o.Speed > 0 {
		p.head.speed = min(o.Speed, maxSpeed)
	}
	p.head.set(p.clock(), o.At)
	p.head.playing = o.Playing && p.head.at < p.head.length
	p.checked = make(chan struct{})
	if o.NoCheck {
		close(p.checked)
		return p, nil
	}
	p.check.Go(func() {
		defer close(p.checked)
		p.verify(ctx)
	})
	return p, nil
}

// load reads the records and works out what makes any moment quick to show.
func (p *Player) load(ctx context.Context, o Options) error {
	d := p.dir
	if d.Run != nil {
		p.final = d.Run.Summary
		if start, end, ok := d.Window(); ok {
			p.head.length = time.Duration(end - start)
		}
	}
	var sensing sync.WaitGroup
	var errs []error
	sensing.Go(func() { p.sensors, errs = d.openSensors() })
	plans := planOf(p.profile, profilingPhase)
	tape, err := d.load(ctx, loadOptions{
		slos: d.Config.SLOs, due: plans.open && plans.limit > 0, gapLimit: gapMemory, scratch: o.Scratch,
	})
	sensing.Wait()
	switch {
	case errors.Is(err, os.ErrNotExist) && d.Run != nil:
		p.slicesOf = d.summarySlices()
		return nil
	case errors.Is(err, os.ErrNotExist):
		return errNoRecords
	case err != nil:
		return err
	}
	p.tape = tape
	if tape.rows() == 0 && d.Run == nil {
		_ = tape.close()
		return errNoRecords
	}
	d.inferContext(tape)
	p.m = newMeter(tape, d.Registry, d.Context)
	p.lib = newLibrary(tape, d.Context)
	p.tracks = d.layout(tape, p.m)
	for _, err := range errs {
		d.Missing = append(d.Missing, Missing{"telemetry", err.Error()})
	}
	if p.sensors == nil || p.sensors.gpus == nil {
		p.gpuNote = "no " + d.Names.Of(export.GPUTelemetry) + " in this directory"
	}
	events, err := d.events()
	if err != nil {
		d.miss(export.Events, err.Error())
	}
	takeMarks(p.tracks, events)
	for _, k := range p.tracks {
		k.prepare()
		k.stalls = k.findStalls()
	}
	if len(p.tracks) == 0 {
		p.slicesOf = d.summarySlices()
		return nil
	}
	p.head.length = 0
	for _, k := range p.tracks {
		p.head.length = max(p.head.length, k.offset+k.length)
	}
	return nil
}

// describe fills in what the records and the folder tell of the run.
func (p *Player) describe() {
	p.origin = p.dir.origin()
	if len(p.tracks) > 0 {
		k := p.tracks[0]
		if p.info.StartWall.IsZero() {
			p.info.StartWall = time.Unix(0, k.origin)
		}
		if r := p.lib.get(k.byStart[0], k.origin); r != nil {
			p.info.Model = cmp.Or(p.info.Model, r.Model)
			// Records alone tell by what AIPerf has no place for.
			who := "AIPerf"
			if r.Model != "" || r.Picked >= 0 {
				who = "tacho"
			}
			p.origin = cmp.Or(p.origin, who+", without a summary")
		}
	} else if p.info.StartWall.IsZero() && p.dir.Run != nil && p.dir.Run.Summary.StartNS != 0 {
		p.info.StartWall = time.Unix(0, p.dir.Run.Summary.StartNS)
	}
	p.files = listed(p.dir.Path)
	p.notices = p.ownNotices()
	p.timeline.Store(p.newTimeline())
}

// listed are the files of a folder with their sizes.
func listed(path string) []snap.File {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil
	}
	var out []snap.File
	for _, e := range entries {
		if st, err := e.Info(); err == nil && st.Mode().IsRegular() {
			out = append(out, snap.File{Name: e.Name(), Bytes: st.Size()})
		}
	}
	return out
}
