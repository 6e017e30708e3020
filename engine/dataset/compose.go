package dataset

// compose makes conversation i.
func (d *Synthetic) compose(i int) (*Conversation, error) {
	c := &Conversation{ID: sessionID(d.root, i), Turns: make([]Turn, d.turns(i))}
	c.System = joinSystem(d.cfg.System, d.prefix.shared)
	if n := d.prefix.context; n > 0 {
		c.UserContext, _ = d.p.prompt(n, d.root.At("dataset.prompt.user_context", i))
	}
	if d.cfg.Rankings != nil {
		t := &c.Turns[0]
		t.Texts, t.InputTokens = d.cfg.Rankings.texts(d.root, i, &d.p)
		if !d.cfg.OSL.None() {
			t.MaxTokens = d.cfg.OSL.whole(newLengthStreams(d.root, i).out)
		}
	} else {
		d.texts(c.Turns, i)
	}
	d.delays(c.Turns, i)
	if err := d.media(c.Turns, i); err != nil {
		return nil, err
	}
	first := 0
	if d.first != nil {
		first = d.first[i]
	}
	d.models.give(c.Turns, i, first)
	return c, nil
}

// texts makes the prompts of a conversation and draws their answers' lengths.
func (d *Synthetic) texts(turns []Turn, i int) {
	var (
		length = newLengthStreams(d.root, i)
		text   = d.root.At("dataset.prompt.corpus", i)
		lead   = d.prefix.lead(d.root.At("dataset.prompt.prefix.pick", i))
		sizes  = make([]int, d.cfg.BatchSize)
	)
	for j := range turns {
		t := &turns[j]
		least, before := 1, segment{}
		if j == 0 {
			before = lead
			if lead.text != "" {
				least = 0
			}
		}
		t.MaxTokens = d.lengths.turn(length, sizes, j == 0, least)
		if !d.cfg.hasText() {
			continue
		}
		t.Texts = make([]Text, len(sizes))
		for k, n := range sizes {
			content, tokens := d.p.after(before, n, text)
			t.Texts[k] = Text{Name: "text", Content: content}
			t.InputTokens += tokens
		}
	}
}

// delays draws the pauses before the turns but the first.
func (d *Synthetic) delays(turns []Turn, i int) {
	if d.cfg.TurnDelayMS.None() || len(turns) < 2 {
		return
	}
	s := d.root.At("composer.conversation.turn_delay", i)
	for j := range turns[1:] {
		turns[1+j].DelayMS = float64(d.cfg.TurnDelayMS.whole(s)) * d.cfg.TurnDelayRatio
	}
}

// media makes the pictures, sounds and videos.
func (d *Synthetic) media(turns []Turn, i int) error {
	if c := &d.cfg.Images; c.on() {
		s := newImageStreams(d.root, i)
		for j := range turns {
			for k := range c.Batch {
				if c.cycles() {
					k += (d.first[i] + j) * c.Batch
				}
				m, err := c.make(s, d.pictures, k)
				if err != nil {
					return err
				}
				turns[j].Images = append(turns[j].Images, m)
			}
		}
	}
	if c := &d.cfg.Audio; c.on() {
		s := newAudioStreams(d.root, i)
		for j := range turns {
			for k := range c.Batch {
				m, seconds := c.make(s)
				turns[j].Audios = append(turns[j].Audios, m)
				if k == 0 {
					turns[j].AudioSeconds = seconds
				}
			}
		}
	}
	if c := &d.cfg.Video; c.on() {
		s := newVideoStreams(d.root, i)
		for j := range turns {
			for range c.Batch {
				m, err := c.make(s)
				if err != nil {
					return err
				}
				turns[j].Videos = append(turns[j].Videos, m)
			}
		}
	}
	return nil
}
