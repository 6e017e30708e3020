package app

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"text/tabwriter"

	"tacho/profiles"
)

const profilesUsage = `usage: tacho profiles [COMMAND]

  list                          all profiles and where they are (the default)
  show NAME                     print one
  save NAME [--here] OPTIONS    keep options of tacho profile under a name, yours or in ./.tacho
  edit NAME                     open one in $EDITOR; a built-in one is copied first
  rm NAME                       remove one
  validate NAME|FILE            check one
  expand NAME|FILE [OPTIONS]    every setting with its value and where that came from

A profile runs with:  tacho profile @NAME [OPTIONS]`

// profilesCommand manages saved profiles.
func profilesCommand(env Env, args []string) error {
	store := newProfileStore(env.Getenv)
	word := "list"
	if len(args) > 0 {
		word, args = args[0], args[1:]
	}
	need := func(n int) error {
		if len(args) < n {
			return withHint(usagef("tacho profiles %s: a name is missing", word), "tacho profiles -h shows how")
		}
		return nil
	}
	switch word {
	case "-h", "--help":
		fmt.Fprintln(env.Stdout, profilesUsage)
		return errHelpShown
	case "list":
		w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
		for _, p := range store.list() {
			fmt.Fprintf(w, "@%s\t%s\t%s\n", p.name, p.from, p.doc)
		}
		return w.Flush()
	case "show":
		if err := need(1); err != nil {
			return err
		}
		p, err := store.find(strings.TrimPrefix(args[0], "@"))
		if err != nil {
			return err
		}
		_, err = env.Stdout.Write(p.yaml)
		return err
	case "save":
		if err := need(1); err != nil {
			return err
		}
		return saveProfile(env, store, args[0], args[1:])
	case "edit":
		if err := need(1); err != nil {
			return err
		}
		return editProfile(env, store, strings.TrimPrefix(args[0], "@"))
	case "rm":
		if err := need(1); err != nil {
			return err
		}
		path, err := store.remove(strings.TrimPrefix(args[0], "@"))
		if err != nil {
			return err
		}
		fmt.Fprintln(env.Stdout, "removed", path)
		return nil
	case "validate":
		if err := need(1); err != nil {
			return err
		}
		if _, _, err := readSaved(env, args[0], args[1:]); err != nil {
			return err
		}
		fmt.Fprintln(env.Stdout, args[0], "is fine")
		return nil
	case "expand":
		if err := need(1); err != nil {
			return err
		}
		p, o, err := readSaved(env, args[0], args[1:])
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
		for _, s := range settings(p, o) {
			fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, s.Value, s.Origin)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, c := range p.Cells() {
			fmt.Fprintf(env.Stdout, "cell %d\t%s\n", c.Index+1, cellName(&c))
		}
		return nil
	}
	return withHint(usagef("tacho profiles has no %q", word), "tacho profiles -h lists what it has")
}

// readSaved reads a profile by name or file, with options over it. A missing
// model is no mistake: a profile may leave it to the command line.
func readSaved(env Env, name string, over []string) (*profiles.Profile, *profiles.Origins, error) {
	if _, err := os.Stat(name); err != nil && !strings.HasPrefix(name, "@") {
		name = "@" + name
	}
	p, o, err := profiles.ParseArgs(append([]string{"--config", name}, over...), profileEnv(env))
	if problems, ok := errors.AsType[profiles.Problems](err); ok && problems.Only(profiles.MissingModel) {
		err = nil
	}
	if err != nil {
		return nil, nil, &exitError{code: exitUsage, err: err}
	}
	return p, o, nil
}

// saveProfile keeps the settings that options make.
func saveProfile(env Env, store profileStore, name string, args []string) error {
	here := slices.Contains(args, "--here")
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--here" })
	p, _, err := profiles.ParseArgs(named(args), profileEnv(env))
	if problems, ok := errors.AsType[profiles.Problems](err); ok && problems.Only(profiles.MissingModel) {
		err = nil
	}
	if err != nil {
		return &exitError{code: exitUsage, err: err}
	}
	path, err := store.save(name, here, profiles.Encode(p))
	if err != nil {
		return err
	}
	fmt.Fprintf(env.Stdout, "saved %s\nrun it with:  tacho profile @%s\n", path, name)
	return nil
}

// editProfile opens a profile in the user's editor.
func editProfile(env Env, store profileStore, name string) error {
	p, err := store.find(name)
	if err != nil {
		return err
	}
	if p.path == "" {
		if p.path, err = store.save(name, false, p.yaml); err != nil {
			return err
		}
	}
	editor := env.Getenv("VISUAL")
	if editor == "" {
		editor = env.Getenv("EDITOR")
	}
	if editor == "" {
		return withHint(fmt.Errorf("no editor is set to open %s", p.path), "set EDITOR, or open the file yourself")
	}
	words := strings.Fields(editor)
	cmd := exec.Command(words[0], append(words[1:], p.path)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = env.Stdin, env.Stdout, env.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", words[0], err)
	}
	if _, _, err := readSaved(env, p.path, nil); err != nil {
		return err
	}
	fmt.Fprintln(env.Stdout, p.path, "is fine")
	return nil
}
