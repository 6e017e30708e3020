package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"tacho/app/headless"
	"tacho/app/tui"
	"tacho/engine"
	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/engine/token"
	"tacho/export"
	"tacho/profiles"
)

// session is one run, from its profile to its files.
type session struct {
	env      Env
	profile  *profiles.Profile
	args     []string // of the command line, for cli_command
	notices  []string // of reading the profile
	settings []snap.Setting

	reg      *metric.Registry
	spec     endpoint.Spec
	root     random.Root
	live     *liveRun
	files    *artifacts
	info     snap.RunInfo
	started  time.Time
	server   *export.Server
	prompts  token.Tokenizer // cuts prompts to length; nil: estimated
	counter  token.Tokenizer // nil: the server counts
	tokens   token.Source
	data     dataset.Dataset // what is sent, once it is there
	inline   string          // folder of the records that the profile itself holds
	chat     *chatTemplate   // counts inputs with the marks about them; nil: without
	dataHash string
	repeats  string // hash of what the run sent that this one repeats
	clock    string
	sensors  sensors
	gpuExtra []telemetry.ExtraField // figures of GPUs that the user listed
	network  network
	result   *export.Run        // once the files are written
	screens  *screens           // nil for one of several
	ghost    ghost              // the zero one is none
	member   *member            // its place among several runs; nil for one alone
	cut      context.CancelFunc // cuts what is in flight, once the run goes on
	dropped  string             // why the program cut it; empty if it did not
	cutOff   int64              // requests cut in flight at the end
}

// runProfile drives a profile to its end with the screen that it asks for, and
// leaves the files. The error carries the exit code.
func runProfile(env Env, p *profiles.Profile, o *profiles.Origins) error {
	if err := recordable(env, p); err != nil {
		return err
	}
	if p.Several() {
		if p.Console.Against.V != "" {
			return usagef("--against is for a single run: it goes neither with repeats nor with a sweep")
		}
		return runSeveral(env, p, o)
	}
	var behind ghost
	if name := p.Console.Against.V; name != "" { // before this run may write over it
		var err error
		if behind, err = openGhost(name); err != nil {
			return fmt.Errorf("--against: %w", err)
		}
		defer behind.Close()
	}
	s, e, err := newSession(env, p, o)
	if err != nil {
		return err
	}
	defer s.files.close()
	s.ghost = behind
	stops := watchSignals(func(code int) { s.files.abandon(env.Stderr); os.Exit(code) })
	defer stops.close()
	s.begin(stops)
	for _, warn := range []string{s.files.room(p), openFiles(p)} {
		if warn != "" {
			s.notices = append(s.notices, warn)
			fmt.Fprintln(env.Stderr, "tacho:", warn)
		}
	}
	var note string
	if s.screens, note = openScreens(env, p, s.args, behind.dir, s.live, stops, s.files.log); note != "" {
		s.notices = append(s.notices, note)
	}
	s.screens.errs = s.files.file
	s.doing("starting")
	shown, err := s.run(stops.ctx, e, s.show)
	err = s.conclude(err, shown)
	s.farewell(err)
	return err
}

// recordable tells in time that the screen cannot be recorded.
func recordable(env Env, p *profiles.Profile) error {
	name := p.Console.Record.V
	if name == "" {
		return nil
	}
	if !onScreen(env, p) {
		return usagef("--record %s: there is no screen to record", name)
	}
	f, err := os.Create(name)
	if err != nil {
		return usagef("--record %s: %w", name, bare(err))
	}
	return f.Close()
}

// newSession opens the folder of a run.
func newSession(env Env, p *profiles.Profile, o *profiles.Origins) (*session, endpoint.Endpoint, error) {
	e, err := endpoint.Lookup(p.Endpoint.Type.V)
	if err != nil {
		return nil, nil, usagef("--endpoint-type: %w", err)
	}
	extra, passed, err := gpuFigures(p)
	if err != nil {
		return nil, nil, err
	}
	files, err := openArtifacts(p)
	if err != nil {
		return nil, nil, err
	}
	s := &session{
		env: env, profile: p, args: o.Args, notices: o.Notices, settings: settings(p, o), spec: e.Spec(), repeats: o.DatasetHash,
		reg: metric.Builtin(), root: rootOf(p), files: files, started: time.Now(),
	}
	s.gpuExtra = extra
	if passed != "" {
		s.notices = append(s.notices, passed)
	}
	s.info = snap.RunInfo{
		Name: p.Console.Tag.V, Model: modelTitle(p), Endpoint: s.spec.Type, Host: hostOf(p), Dir: files.dir,
		Streaming: p.Endpoint.Streaming.V, StartWall: s.started,
	}
	return s, e, nil
}

// begin puts the run under the stops of the program.
func (s *session) begin(stops *interrupts) {
	s.live = newLiveRun(stops)
	stops.whileSaving(s.saving, func() {
		fmt.Fprintln(s.env.Stderr, "tacho: the results are being saved; one more ctrl-c leaves without them")
	})
}

// run drives the run to its end while show draws it.
func (s *session) run(ctx context.Context, e endpoint.Endpoint, show func(context.Context) error) (shown, err error) {
	ctx, cancel := context.WithCancel(ctx)
	s.cut = cancel
	var tuner sync.WaitGroup
	defer tuner.Wait()
	defer cancel()
	tuner.Go(func() { tuneMemory(ctx) })
	ended := make(chan error, 1)
	go func() {
		err := s.drive(ctx, e)
		s.live.finish(err)
		ended <- err
	}()
	shown = show(ctx)
	return shown, <-ended
}

// saving tells whether the load is over and its results are being saved.
func (s *session) saving() bool {
	p := s.live.Latest()
	return p != nil && p.State == snap.Exporting
}

// doing tells and logs a step of the time before the first phase.
func (s *session) doing(what string) {
	s.say(what)
	s.files.log.Info(what)
}

// say publishes a snapshot of the time before the first phase.
func (s *session) say(what string) {
	s.live.Publish(&snap.Snapshot{State: snap.Starting, Doing: what, Run: s.info, Settings: s.settings, At: time.Since(s.started)})
}

// drive prepares and runs the load and writes the files.
func (s *session) drive(ctx context.Context, e endpoint.Endpoint) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.files.log.Error("panic", "value", fmt.Sprint(v), "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error: %v (the stack is in the log)", v)
		}
	}()
	// The first stop ends the preparation; later it only ends the sending.
	prep, done := context.WithCancelCause(ctx)
	defer done(nil)
	prepared := make(chan struct{})
	go func() {
		select {
		case <-s.live.stops.soft:
			done(errStoppedEarly)
		case <-prepared:
		}
	}()
	plan, err := s.prepare(prep, e)
	defer s.closeData()
	close(prepared)
	if err == nil {
		err = context.Cause(prep)
	}
	if err != nil {
		s.finishEmpty(err)
		return err
	}
	defer plan.Client.Close()

	ctl := s.live.Control
	go func() {
		select {
		case <-s.live.stops.soft:
			ctl.Stop("stopped")
		case <-ctx.Done():
		case <-s.live.done:
		}
	}()
	if err := s.startSensors(ctx); err != nil {
		s.finishEmpty(err)
		return err
	}
	defer s.sensors.close(true)
	if m := s.sensors.monitor; m != nil {
		plan.Sensors = m
		s.live.monitor.Store(m)
	}
	rtt, err := s.startNetwork(ctx)
	if err != nil {
		s.finishEmpty(err)
		return err
	}
	defer s.network.close()
	plan.RTT = rtt
	plan.PricePerHour = s.profile.Console.PricePerHour.V
	s.files.forget()
	s.files.log.Info("run begins", "load", plan.Phases[len(plan.Phases)-1].Load, "phases", len(plan.Phases))
	res, err := engine.Run(ctx, plan, &s.live.Cell, ctl)
	if err != nil {
		s.files.log.Error("statistics", "error", err)
	}
	if res == nil {
		s.finishEmpty(err)
		return err
	}
	s.clock = plan.Client.ClockSource()
	s.info.Clock = s.clock // the server may have chosen HTTP/2
	return s.finish(plan, res, err)
}

var errStoppedEarly = errors.New("stopped before the first request")

// show draws the run until it is over or the user leaves it.
func (s *session) show(ctx context.Context) error {
	if onScreen(s.env, s.profile) {
		opts := screenOptions(s.env, s.profile, s.args)
		if s.ghost.Ghost != nil {
			opts.Ghost = s.ghost
		}
		err := s.screens.show(ctx, opts)
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if s.ghost.Ghost != nil {
		fmt.Fprintln(s.env.Stderr, "tacho: --against is drawn on the screen alone, and this run has none")
	}
	return headless.Run(context.WithoutCancel(ctx), s.live, s.env.Stderr, lineOptions(s.profile))
}

// screenOptions are how the profile wants the screen.
func screenOptions(env Env, p *profiles.Profile, args []string) tui.Options {
	return tui.Options{
		Getenv: env.Getenv, LeaveWhenDone: env.LeaveWhenDone, FPS: float64(p.Console.FPS.V),
		Color: p.Console.Color.V, Theme: p.Console.Theme.V, Glyphs: p.Console.Glyphs.V,
		LowBandwidth: p.Console.LowBandwidth.V, Mouse: p.Console.Mouse.V, Command: profiles.CLICommand(args),
		Record: p.Console.Record.V,
	}
}

// lineOptions are how the profile wants lines where there is no screen.
func lineOptions(p *profiles.Profile) headless.Options {
	level := headless.Level(p.Runtime.UI.V)
	if level == "dashboard" {
		level = headless.Simple
	}
	return headless.Options{Level: level, Every: seconds(p.Runtime.StatsInterval.V)}
}

// prepare makes everything the engine needs: tokenizer, prompts, inputs.json,
// connection, a server that is ready.
func (s *session) prepare(ctx context.Context, e endpoint.Endpoint) (*engine.Plan, error) {
	p := s.profile
	opts := encodeOptions(p, s.env.Getenv)
	e, err := s.settle(ctx, e, &opts)
	if err != nil {
		return nil, err
	}
	urls, err := targets(p, s.spec)
	if err != nil {
		return nil, err
	}
	poll, err := polling(p, s.env.Getenv)
	if err != nil {
		return nil, err
	}
	phases, err := phasePlans(p, s.root)
	if err != nil {
		return nil, usagef("%w", err)
	}
	if err := s.files.writeUserFiles(p, s.started); err != nil {
		return nil, err
	}
	if err := s.writeRunConfig(); err != nil {
		return nil, err
	}
	s.doing("loading the tokenizer")
	special, err := s.loadTokenizer(ctx)
	if err != nil {
		return nil, err
	}
	if p.Tokenizer.ApplyChatTemplate.V && s.prompts != nil {
		s.useChatTemplate(e)
	}
	mctx, err := metricContext(p, s.spec, s.reg, s.serverTokens())
	if err != nil {
		return nil, err
	}
	s.info.SLOs = mctx.SLOs

	s.doing("making the prompts")
	if err := s.openDataset(ctx, special); err != nil {
		return nil, err
	}
	if err := s.writeInputs(ctx, e, &opts, s.data); err != nil {
		return nil, err
	}
	if err := placeSessions(p, phases, s.data); err != nil {
		return nil, err
	}
	order, err := dataset.NewOrder(sampling(p, s.data), s.data, s.root)
	if err != nil {
		return nil, err
	}

	s.doing("asking the server")
	srv, err := newServer(p, s.env.Getenv)
	if err != nil {
		return nil, err
	}
	if err := srv.waitReady(ctx, s, e, opts, urls[0]); err != nil {
		return nil, err
	}
	s.identify(ctx, srv)
	client, err := newClient(p, s.env.Getenv)
	if err != nil {
		return nil, err
	}
	s.info.Clock = client.ClockSource()
	if err := s.files.stream(p, s.reg, s.member.sinks()...); err != nil {
		client.Close()
		return nil, err
	}
	plan := &engine.Plan{
		Info: s.info, Settings: s.settings, Registry: s.reg, Context: mctx,
		Endpoint: e, Encode: opts, Dataset: s.data, Order: order,
		Form: formOf(s.spec), Polling: poll, Headers: requestHeaders(p, s.spec, opts.Stream, s.env.Getenv), Client: client, URLs: urls,
		Phases: phases, StopGrace: stopGrace(p),
		Cancels:    s.root.Stream("timing.request.cancellation"),
		SliceWidth: seconds(p.Artifacts.SliceDuration.V), ScratchDir: s.files.dir,
		Raw: p.ExportLevel() == "raw", Texts: p.Artifacts.ExportOutputsJSON.V, Trace: p.Artifacts.Trace.V,
	}
	if s.counter != nil {
		plan.Counter = s.counter
		if s.chat != nil {
			plan.InputText = s.chat.input
		}
	}
	if s.files.queue != nil {
		plan.Events = s.files.event
		plan.Sink = rowSink{s.files.queue}
	}
	return plan, nil
}
