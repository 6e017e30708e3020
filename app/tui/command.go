package tui

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// order is one command of the command line.
type order struct {
	name, args string
	run        func(c *console, args []string) error
}

// orders are the commands in the order in which they are completed.
var orders = []order{
	{"concurrency", "N", func(c *console, args []string) error {
		n, err := strconv.Atoi(one(args))
		if err != nil {
			return fmt.Errorf("concurrency %q: must be a whole number", one(args))
		}
		c.setConcurrency(n)
		return nil
	}},
	{"rate", "REQ_PER_SEC", func(c *console, args []string) error {
		r, err := strconv.ParseFloat(one(args), 64)
		if err != nil || math.IsNaN(r) || math.IsInf(r, 0) {
			return fmt.Errorf("rate %q: must be a number", one(args))
		}
		c.setRate(r)
		return nil
	}},
	{"slo", "METRIC LIMIT|off", (*console).slo},
	{"note", "TEXT", func(c *console, args []string) error { c.mark(strings.Join(args, " ")); return nil }},
	{"hold", "", func(c *console, _ []string) error { return c.steerer().Hold(true) }},
	{"resume", "", func(c *console, _ []string) error { return c.steerer().Hold(false) }},
	{"quit", "", func(c *console, _ []string) error { c.quit(); return nil }},
}

// orders are those that the source can follow.
func (c *console) orders() []order {
	if c.steerer() != nil {
		return orders
	}
	return slices.DeleteFunc(slices.Clone(orders), func(o order) bool { return o.name != "slo" && o.name != "quit" })
}

func one(args []string) string {
	if len(args) != 1 {
		return strings.Join(args, " ")
	}
	return args[0]
}

// command asks for a command.
func (c *console) command() {
	l := newLine(":", "")
	l.complete = c.completions
	l.hint = c.hint
	past := len(c.past)
	l.history = func(back bool) (string, bool) {
		if back {
			past = max(0, past-1)
		} else {
			past = min(len(c.past), past+1)
		}
		if past == len(c.past) {
			return "", len(c.past) > 0
		}
		return c.past[past], true
	}
	l.submit = func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			c.past = append(c.past, text)
			c.obey(text)
		}
	}
	c.ask(l)
}

// hint says what a command takes.
func (c *console) hint(text string) string {
	word, _, typed := strings.Cut(strings.TrimLeft(text, " "), " ")
	var names []string
	for _, o := range c.orders() {
		if typed && o.name == word {
			return o.name + " " + o.args
		}
		if !typed && strings.HasPrefix(o.name, word) {
			names = append(names, o.name)
		}
	}
	return strings.Join(names, "  ")
}

// obey runs a command.
func (c *console) obey(text string) {
	words := strings.Fields(text)
	var names []string
	known := c.orders()
	for _, o := range known {
		names = append(names, o.name)
	}
	i := slices.Index(names, words[0])
	if i < 0 { // a prefix will do if it is the only one
		for j, n := range names {
			if strings.HasPrefix(n, words[0]) {
				if i >= 0 {
					c.warn(words[0] + " may be " + names[i] + " or " + n)
					return
				}
				i = j
			}
		}
	}
	if i < 0 {
		c.warn(words[0] + " is no command: " + strings.Join(names, ", "))
		return
	}
	if why := c.ended(); why != "" && c.seeker() == nil && names[i] != "quit" {
		c.warn(why)
		return
	}
	if err := known[i].run(c, words[1:]); err != nil {
		c.warn(err.Error())
	}
}

// limiter is a source whose objectives can be moved on the screen.
type limiter interface {
	SetSLO(tag string, limit float64) error
}

// slo moves an objective: "slo TTFT 200", "slo time_to_first_token off".
func (c *console) slo(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("slo takes a metric and a limit, as in: slo time_to_first_token 200")
	}
	tag, err := tagOf(c.src.Latest(), args[0])
	if err != nil {
		return err
	}
	limit := math.NaN()
	if args[1] != "off" {
		if limit, err = strconv.ParseFloat(args[1], 64); err != nil || math.IsNaN(limit) || math.IsInf(limit, 0) {
			return fmt.Errorf("limit %q: must be a number in the metric's unit, or off", args[1])
		}
	}
	if err := c.src.(limiter).SetSLO(string(tag), limit); err != nil {
		return err
	}
	if math.IsNaN(limit) {
		c.say(fmt.Sprintf("what-if without a limit on %s; the files keep the run's own", tag))
		return nil
	}
	c.say(fmt.Sprintf("what-if %s %g; the files keep the run's own", tag, limit))
	return nil
}

// tagOf finds a metric by its tag or its short name.
func tagOf(s *snap.Snapshot, name string) (metric.Tag, error) {
	var tags []string
	if s != nil {
		for _, l := range s.Live {
			if l.Def == nil {
				continue
			}
			if strings.EqualFold(string(l.Def.Tag), name) || strings.EqualFold(l.Def.Short, name) {
				return l.Def.Tag, nil
			}
			tags = append(tags, string(l.Def.Tag))
		}
	}
	if near := metric.Builtin().Nearest(name); near != "" {
		if string(near) == strings.ToLower(name) {
			return near, nil
		}
		return "", fmt.Errorf("there is no metric %q; did you mean %s?", name, near)
	}
	return "", fmt.Errorf("there is no metric %q on this screen: %s", name, strings.Join(tags, ", "))
}

// completions are the lines that a command may become.
func (c *console) completions(text string) []string {
	word, rest, typed := strings.Cut(text, " ")
	var out []string
	if !typed {
		for _, o := range c.orders() {
			if strings.HasPrefix(o.name, word) {
				space := " "
				if o.args == "" {
					space = ""
				}
				out = append(out, o.name+space)
			}
		}
		return out
	}
	s := c.src.Latest()
	if word != "slo" || s == nil || strings.Contains(rest, " ") {
		return nil
	}
	for _, l := range s.Live {
		if l.Def != nil && strings.HasPrefix(string(l.Def.Tag), rest) {
			out = append(out, "slo "+string(l.Def.Tag)+" ")
		}
	}
	return out
}
