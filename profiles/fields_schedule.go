package profiles

// userFields make the load of simulated users.
func userFields() []*Field {
	const kind = KindProfiling
	return []*Field{
		mode(number(Field{Flag: "user-centric-rate", Group: groupUsers, Tier: 'B', Phase: kind, Unit: "req/s",
			Help: "Requests per second of all users of --num-users together; each leaves users / rate seconds between its turns"},
			in(kind, func(ph *Phase) *Opt[float64] { return &ph.Rate }), finite, above(0.0)), LoadUsers),
		whole(Field{Flag: "num-users", Group: groupUsers, Tier: 'B', Sweep: true, Phase: kind, Help: "Number of simulated users"},
			in(kind, func(ph *Phase) *Opt[int] { return &ph.Users }), atLeast(1)),
	}
}

// mode makes an option that brings a load mode with it own nothing: what it sets
// belongs to another, and counts as its own in that mode only.
func mode(f *Field, load string) *Field {
	at := f.bind.leaves
	f.bind.leaves = nil
	f.bind.isSet = func(p *Profile) bool { return p.phase(f.Phase).Type.V == load }
	f.bind.values = func(p *Profile) []string {
		if !f.bind.isSet(p) {
			return nil
		}
		return []string{show(at(p)[0].tree())}
	}
	return f
}

// scheduleFields replay the times of a trace.
func scheduleFields() []*Field {
	const kind = KindProfiling
	offset := func(flag, help string, at func(*Phase) *Opt[int]) *Field {
		return whole(Field{Flag: flag, Group: groupSchedule, Tier: 'A', Phase: kind, Unit: "ms", Help: help}, in(kind, at), atLeast(0))
	}
	fixed := func(ph *Phase) bool { return ph.Type.V == LoadSchedule }
	return []*Field{
		wish(Field{Flag: "fixed-schedule", Group: groupSchedule, Tier: 'A', Phase: kind,
			Help: "Send at the times in the file; so do typed trace files whose first record has a time"}, func(ph *Phase) *Opt[bool] { return &ph.fixed }, fixed),
		wish(Field{Flag: "no-fixed-schedule", Group: groupSchedule, Tier: 'A', Phase: kind,
			Help: "Do not send at the times in a trace file, but as the other options say"}, func(ph *Phase) *Opt[bool] { return &ph.unfixed }, func(ph *Phase) bool { return ph.unfixed.V }),
		toggle(Field{Flag: "fixed-schedule-auto-offset", Group: groupSchedule, Tier: 'A', Phase: kind,
			Help: "Begin with the first time in the file; so it is unless there is a start offset"},
			in(kind, func(ph *Phase) *Opt[bool] { return &ph.AutoOffset })),
		offset("fixed-schedule-start-offset", "Leave out what comes before this time in the file, and begin with it", func(ph *Phase) *Opt[int] { return &ph.StartOffset }),
		offset("fixed-schedule-end-offset", "Leave out what comes after this time in the file", func(ph *Phase) *Opt[int] { return &ph.EndOffset }),
	}
}

// wish makes a switch that is no setting itself but decides the load mode.
func wish(f Field, at func(*Phase) *Opt[bool], is func(*Phase) bool) *Field {
	f.Type, f.Default = typeSwitch, "False"
	f.bind = binding{
		set: func(p *Profile, args []string) error {
			v, err := readBool(args[len(args)-1])
			if err == nil {
				at(p.phase(f.Phase)).Put(v)
			}
			return err
		},
		isSet: func(p *Profile) bool { return is(p.phase(f.Phase)) },
		values: func(p *Profile) []string {
			if is(p.phase(f.Phase)) {
				return []string{"true"}
			}
			return []string{"false"}
		},
	}
	return &f
}

// schedule checks what belongs to load by users and by the times of a trace.
func (c *checker) schedule(ph *Phase) {
	say := func(profiling, key, rule string, others ...string) {
		c.inPhase(ph, profiling, profiling, key, rule, others...)
	}
	if ph.fixed.V && ph.unfixed.V {
		say("no-fixed-schedule", "type", "cannot be used together with --fixed-schedule")
	}
	switch ph.Type.V {
	case LoadUsers:
		switch turns := c.p.Dataset().Turns.Mean.V; {
		case ph.Kind.V == KindWarmup: // runs as a plain rate
		case !ph.Users.Set:
			say("user-centric-rate", "users", "requires --num-users", "num-users")
		case ph.Requests.Set && ph.Requests.V < ph.Users.V:
			say("num-users", "users", "must not be above the number of requests: each user needs one", "request-count", "num-users")
		case ph.Sessions.Set && ph.Sessions.V < ph.Users.V:
			say("num-users", "users", "must not be above the number of sessions: each user needs one", "conversation-num", "num-users")
		case c.p.Dataset().Type.V == DataSynthetic && turns < 2:
			say("user-centric-rate", "type", "requires --session-turns-mean of 2 or more; --request-rate is for single turns", "conversation-turn-mean")
		}
		if ph.RateSeries.Set {
			say("request-rate-series", "rate_series", "does not go with users; their rate is even", "user-centric-rate")
		}
		if ph.RateRamp.Set {
			c.o.notice("%s has no effect: the rate of users is even", c.o.where("request-rate-ramp-duration"))
		}
	case LoadSchedule:
		if ph.Rate.Set || ph.RateSeries.Set || ph.Users.Set {
			rule := "does not go with a rate or users: the file says when to send"
			if ph.promoted {
				rule = "holds times to send at, which do not go with a rate or users; leave those out, or add --no-fixed-schedule"
				say("input-file", "type", rule, "input-file")
			} else {
				say("fixed-schedule", "type", rule, "request-rate", "user-centric-rate", "request-rate-series", "num-users")
			}
		}
		if c.p.Sweep.Given() {
			say("fixed-schedule", "type", "does not go with a sweep: the file says when to send; add --no-fixed-schedule to a typed trace")
		}
		if c.p.Dataset().Type.V == DataSynthetic {
			say("fixed-schedule", "type", "requires --input-file with times to send at", "input-file")
		}
		if ph.AutoOffset.Set && ph.AutoOffset.V && ph.StartOffset.Set {
			say("fixed-schedule-auto-offset", "auto_offset", "does not go with a start offset: both set the zero of the schedule")
		}
		if ph.StartOffset.Set && ph.EndOffset.Set && ph.StartOffset.V > ph.EndOffset.V {
			say("fixed-schedule-start-offset", "start_offset", "must not be above the end offset")
		}
		return
	}
	if ph.Users.Set && ph.Type.V != LoadUsers {
		say("num-users", "users", "requires --user-centric-rate", "user-centric-rate")
	}
	if ph.AutoOffset.Set || ph.StartOffset.Set || ph.EndOffset.Set {
		for name, set := range map[string]bool{"auto": ph.AutoOffset.Set, "start": ph.StartOffset.Set, "end": ph.EndOffset.Set} {
			if set {
				say("fixed-schedule-"+name+"-offset", name+"_offset", "requires --fixed-schedule", "fixed-schedule")
			}
		}
	}
}

// window checks that all schedules of a run are of one part of the file, which
// is read once.
func (c *checker) window() {
	var first *Phase
	for i := range c.p.Phases {
		ph := &c.p.Phases[i]
		switch {
		case ph.Type.V != LoadSchedule:
		case first == nil:
			first = ph
		case ph.AutoOffset != first.AutoOffset || ph.StartOffset != first.StartOffset || ph.EndOffset != first.EndOffset:
			c.inPhase(ph, "fixed-schedule-start-offset", "fixed-schedule-start-offset", "start_offset", "must be as in phase "+first.Name.V+": the file is read once")
		}
	}
}
