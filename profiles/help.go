package profiles

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const helpExample = `Examples:
  tacho profile -m my-model -u localhost:8000 --streaming --concurrency 16
  tacho profile -m my-model --streaming --request-rate 5 --isl 512 --osl 128 \
      --benchmark-duration 2m --slice-duration 10 \
      --goodput "time_to_first_token:300 inter_token_latency:40"
  tacho profile -f soak.yaml --warmup-request-count 20 --artifact-dir runs/soak
`

// Help writes the help page of "tacho profile": all options that can be used,
// by group, in lines of at most width columns.
func Help(w io.Writer, width int, color bool) error {
	width = max(width, 40)
	bold := func(s string) string { return s }
	if color {
		bold = func(s string) string { return "\x1b[1m" + s + "\x1b[0m" }
	}
	var b strings.Builder
	b.WriteString(bold("Usage:") + " tacho profile [options]\n\n")
	paragraph(&b, "Sends a load of requests to an inference server and measures the answers.", 0, width)
	b.WriteString("\n" + helpExample)
	for _, group := range helpGroups() {
		b.WriteString("\n" + bold(group) + "\n")
		for _, f := range Fields {
			if f.Group == group && f.Flag != "" && f.Refuse == "" {
				helpLine(&b, f, width)
			}
		}
	}
	b.WriteString("\n")
	paragraph(&b, "Words with - may be written with _. Options of AIPerf that are not there are named, with what to use instead, by: tacho help options", 0, width)
	_, err := io.WriteString(w, b.String())
	return err
}

// helpGroups lists the groups that have options to show, in table order.
func helpGroups() []string {
	var groups []string
	for _, f := range Fields {
		if f.Flag != "" && f.Refuse == "" && !slices.Contains(groups, f.Group) {
			groups = append(groups, f.Group)
		}
	}
	return groups
}

func helpLine(b *strings.Builder, f *Field, width int) {
	const indent = 6
	names := helpNames(f)
	if !f.IsSwitch() {
		names += " " + placeholder(f)
	}
	paragraph(b, names, 2, width)
	paragraph(b, f.Help+helpFacts(f), indent, width)
}

// helpNames shows the short name first and the shortest long name, which is
// the one people type, before the others.
func helpNames(f *Field) string {
	long := append([]string{f.Flag}, f.Aliases...)
	slices.SortStableFunc(long, func(a, b string) int { return len(a) - len(b) })
	var names []string
	if f.Short != "" {
		names = append(names, "-"+f.Short)
	}
	for _, n := range long {
		names = append(names, "--"+n)
	}
	if f.Negative != "" {
		names = append(names, "--"+f.Negative)
	}
	return strings.Join(names, ", ")
}

// helpFacts are unit, default and choices in brackets.
func helpFacts(f *Field) string {
	var facts []string
	if f.Unit != "" && f.Unit != "s" {
		facts = append(facts, f.Unit)
	}
	if c := f.shownChoices(); len(c) > 0 {
		facts = append(facts, strings.Join(c, ", "))
	}
	if f.Default != "" && !f.IsSwitch() {
		facts = append(facts, "default "+helpDefault(f))
	}
	switch f.List {
	case Words:
		facts = append(facts, "several, separated by blanks")
	case Comma:
		facts = append(facts, "several, separated by commas")
	}
	if len(facts) == 0 {
		return ""
	}
	return " (" + strings.Join(facts, "; ") + ")"
}

func helpDefault(f *Field) string {
	d := f.Default
	if f.Type != typeChoice {
		d = strings.TrimSuffix(d, ".0")
	}
	if f.Type == typeSeconds {
		d += " s"
	}
	return d
}

// placeholder stands for the value of an option.
func placeholder(f *Field) string {
	word := strings.ReplaceAll(f.Type, " ", "-")
	if f.List == Words {
		return "<" + word + ">..."
	}
	return "<" + word + ">"
}

// paragraph writes text in lines of at most width columns, all indented; a word
// that is longer than a line stays whole.
func paragraph(b *strings.Builder, text string, indent, width int) {
	pad := strings.Repeat(" ", indent)
	col := 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case col == 0:
			b.WriteString(pad)
			col = indent
		case col+1+n > width:
			b.WriteString("\n" + pad)
			col = indent
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += n
	}
	b.WriteByte('\n')
}

// OptionsTable writes every option, also those that cannot be used, as a
// Markdown table.
func OptionsTable(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| group | option | value | default | choices | config key | meaning | remark |\n|---|---|---|---|---|---|---|---|\n")
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	for _, f := range Fields {
		meaning := f.Help
		if f.Unit != "" {
			meaning += " (" + f.Unit + ")"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", f.Group, cell(strings.Join(f.Names(), " ")), f.Type,
			cell(f.Default), cell(strings.Join(f.shownChoices(), " ")), f.Key, cell(meaning), cell(orText(f.Refuse, f.Note)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
