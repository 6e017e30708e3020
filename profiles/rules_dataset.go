package profiles

import "slices"

// settleKind derives the kind of dataset from the options that name a source.
func settleKind(p *Profile, o *Origins) {
	d := p.Dataset()
	switch {
	case o.flag("public-dataset"):
		d.Type.Put(DataPublic)
	case o.flag("input-file") && d.Type.V != DataPublic:
		d.Type.Put(DataFile)
	}
}

// dataset checks that the settings of the dataset go together and with its
// kind.
func (c *checker) dataset() {
	d := c.p.Dataset()
	switch {
	case d.Type.V == DataFile && !d.Path.Set && !d.Records.Set:
		c.missing("input-file", "is missing: a dataset of type file needs it, or records")
	case d.Path.Set && d.Records.Set:
		c.conflict("input-file", "does not go with records in the configuration: give one of them")
	case d.Type.V == DataPublic && !d.Public.Set:
		c.missing("public-dataset", "is missing: a dataset of type public needs it")
	}
	if d.SystemPrompt.Set && d.SystemPromptFile.Set {
		c.conflict("system-prompt", "does not go with --system-prompt-file: give one of them", "system-prompt-file")
	}
	for _, f := range Fields {
		if f.Kinds == nil || c.o.Of(f) == FromDefault || slices.Contains(f.Kinds, d.Type.V) || c.o.bad(f.Flag) {
			continue
		}
		where := c.o.where(f.Flag)
		switch {
		case d.Type.V == DataPublic && f.Flag == "input-file":
			// a copy of it
		case d.Format.V == "random_pool" && d.Type.V == DataFile && poolBatch(f):
		case d.Type.V != DataSynthetic && slices.Contains(f.Kinds, DataSynthetic):
			c.conflict(f.Flag, "is for prompts that are made up, and these are read; leave it out, or "+c.o.where(source(d))+" out")
		case f.Flag == "custom-dataset-type":
			c.conflict(f.Flag, "requires --input-file")
		default:
			c.o.notice("%s has no effect: it is for prompts that are read with --input-file", where)
		}
	}
}

// missing reports a setting that a file lacks, by its key, or an option.
func (c *checker) missing(name, rule string) {
	p := Problem{Kind: Conflict, Where: "--" + name, Rule: rule}
	if c.o.File != "" {
		p.File, p.Where = c.o.File, Lookup("--"+name).Key
	}
	if !c.o.bad(name) {
		c.problems = append(c.problems, p)
	}
}

// prefixes checks what prompts have in common.
func (c *checker) prefixes() {
	d := c.p.Dataset()
	x := &d.PrefixPrompts
	if d.Type.V != DataSynthetic {
		return
	}
	pool, shared := x.PoolSize.V > 0 || x.Length.V > 0, x.SharedSystem.Set || x.UserContext.Set
	switch {
	case pool && shared:
		c.conflict("prompt-prefix-pool-size", "does not go with --shared-system-prompt-length and --user-context-prompt-length: give one kind of prefix")
	case (pool || shared) && (d.SystemPrompt.Set || d.SystemPromptFile.Set):
		c.conflict(c.given("system-prompt", "system-prompt-file"), "does not go with made-up prefixes: give one of them")
	case x.Length.V > 0 && x.PoolSize.V == 0:
		c.conflict("prompt-prefix-length", "requires --num-prefix-prompts, the number of prefixes")
	case x.PoolSize.V > 0 && x.Length.V == 0:
		c.o.notice("%s has no effect without --prefix-prompt-length", c.o.where("prompt-prefix-pool-size"))
	}
}

// given is the first of some options that was set.
func (c *checker) given(names ...string) string {
	for _, n := range names {
		if c.o.Of(Lookup("--"+n)) != FromDefault {
			return n
		}
	}
	return names[0]
}

// source is the option that names where a dataset is read from.
func source(d *Dataset) string {
	if d.Type.V == DataPublic {
		return "public-dataset"
	}
	return "input-file"
}

// poolBatch reports whether an option sizes the turns of a random pool.
func poolBatch(f *Field) bool {
	return slices.Contains([]string{"prompt-batch-size", "image-batch-size", "audio-batch-size", "video-batch-size"}, f.Flag)
}
