// Package form draws a form of options: groups, the fields of one, what is
// wrong with them, and the equal command line. It is a pure function of what it
// is given and knows nothing of what the options mean.
package form

import (
	"tacho/views/screen"
	"tacho/views/table"
)

// Field is one option as the form shows it.
type Field struct {
	Name  string // --concurrency
	Value string // what holds, without secrets; empty is none
	Set   bool   // somebody chose it; else it is the default
	Unit  string
	// Help is one sentence; Default, Kind and Choices say what can be typed.
	Help, Default, Kind string
	Choices             []string
	// Note is told about the value as it is now.
	Note string
	// Problem is what is wrong with it; empty when nothing is.
	Problem string
}

// Group is some fields that belong together.
type Group struct {
	Name   string
	Fields []Field
}

// Data is what the form shows. It is never changed.
type Data struct {
	Title  string
	Groups []Group
	// Loose are problems that belong to no field.
	Loose []string
	// Command is the command line that says the same, without secrets.
	Command string
}

// State is what the interface itself knows; it can be compared.
type State struct {
	Group int
	// OnGroups says that the groups have the keys, not the fields.
	OnGroups bool
	// Fields is where one is in the fields of the group, or in those found.
	Fields screen.ListState
	// Editing is the value being typed: no Label, the field has its name.
	Editing bool
	Edit    screen.Prompt

	// Choosing shows all values of the field under the cursor to choose from;
	// Choice is where one is among them.
	Choosing bool
	Choice   table.Cursor

	Prompt    screen.Prompt
	AskRun    bool
	Help      bool
	HelpTop   int
	Flash     string
	FlashWarn bool
}

// Place is a field by its group and its place there.
type Place struct{ Group, Field int }

// Places are the fields in sight: those of the group, or those that a search
// finds in all groups, each once.
func Places(d *Data, st *State) []Place {
	if st.Fields.Filter != "" {
		return search(d, st.Fields.Filter)
	}
	var out []Place
	if st.Group >= 0 && st.Group < len(d.Groups) {
		for i := range d.Groups[st.Group].Fields {
			out = append(out, Place{st.Group, i})
		}
	}
	return out
}

// problems counts what is wrong in a group.
func (g *Group) problems() int {
	n := 0
	for i := range g.Fields {
		if g.Fields[i].Problem != "" {
			n++
		}
	}
	return n
}

// set counts the fields that somebody chose.
func (g *Group) set() int {
	n := 0
	for i := range g.Fields {
		if g.Fields[i].Set {
			n++
		}
	}
	return n
}

// Problems is all that is wrong, each field once.
func (d *Data) Problems() int {
	seen := map[string]bool{}
	for i := range d.Groups {
		for j := range d.Groups[i].Fields {
			if f := &d.Groups[i].Fields[j]; f.Problem != "" {
				seen[f.Name] = true
			}
		}
	}
	return len(seen) + len(d.Loose)
}
