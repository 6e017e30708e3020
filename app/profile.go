package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"

	"tacho/engine/metric"
	"tacho/profiles"
)

// profile is the main command: benchmark an endpoint.
func profile(env Env, args []string) error {
	p, o, err := readProfile(env, nil, args)
	if err != nil {
		return err
	}
	return runProfile(env, p, o)
}

// readProfile reads the options over base, which may be nil. When all that is
// missing is a model, the server is asked for one.
func readProfile(env Env, base *profiles.Profile, args []string) (*profiles.Profile, *profiles.Origins, error) {
	penv := profileEnv(env)
	args = named(args)
	var p *profiles.Profile
	var o *profiles.Origins
	var err error
	if base == nil {
		p, o, err = profiles.ParseArgs(args, penv)
	} else {
		p, o, err = profiles.ParseOver(base, args, penv)
	}
	switch problems, _ := errors.AsType[profiles.Problems](err); {
	case err == nil:
		return p, o, nil
	case errors.Is(err, profiles.ErrHelp):
		if err := profiles.Help(env.Stdout, helpWidth, false); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			return nil, nil, err
		}
		return nil, nil, errHelpShown
	case problems.Only(profiles.MissingModel):
		name, err := discoverModel(p, env.Getenv)
		if err != nil {
			return nil, nil, withHint(usagef("--model is missing, and the server at %s names none: %w", hostOf(p), err), unnamedHint(err))
		}
		p.SetModels(name)
		p.Finish(penv)
		o.Notices = append(o.Notices, fmt.Sprintf("no --model given: the server serves %s", name))
		return p, o, nil
	}
	return nil, nil, withHint(&exitError{code: exitUsage, err: err}, "tacho profile -h lists the options")
}

// unnamedHint is what to try when a server did not name its models.
func unnamedHint(err error) string {
	const name = "name one:  tacho profile --model NAME ..."
	switch {
	case errors.Is(err, errUnauthorized):
		return "--api-key sends a key"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "is the server up?  --url sets the address; or " + name
	case strings.Contains(err.Error(), "tls: "):
		return tlsHint(err.Error())
	}
	return name
}

// helpWidth is the width of help texts: that of a terminal of no known size.
const helpWidth = 100

func profileEnv(env Env) profiles.Env {
	return profiles.Env{
		LookupEnv: func(name string) (string, bool) { v := env.Getenv(name); return v, v != "" },
		ReadFile:  newProfileStore(env.Getenv).read,
		Metrics:   tagSet{metric.Builtin()},
	}
}

// discoverModel asks the server for the first model it lists.
func discoverModel(p *profiles.Profile, getenv func(string) string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	srv, err := newServer(p, getenv)
	if err != nil {
		return "", err
	}
	names, err := srv.models(ctx)
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", errNoModel
	}
	return names[0], nil
}
