package migrate

import (
	"cmp"
	"context"
)

// Source is one thing people have: a file of YAML or JSON, or a command line.
type Source struct {
	Name string // what reports call it, such as the name of the file
	Data []byte
	Live bool // it was read from a cluster: nobody installs anything from it
}

// Options say where to.
type Options struct {
	To  string // version of Istio, such as 1.26 or 1.26.2
	Dir string // folder that Write will write to, for the steps to name; default DefaultDir

	// Unseen is what of a cluster could not be looked at, and why. The result may
	// lack what is there.
	Unseen []string
	// Backend is where the spans are to go besides, and in the end alone; nil where
	// they stay with LightStep.
	Backend *Backend
	// Helm says that Istio was installed by Helm, where no source tells.
	Helm bool
}

// Migrate reads the sources, later ones the stronger, and moves what they hold
// of LightStep to values for a version of Istio.
//
// What is wrong with a source is a finding, or a problem in Result.Problems,
// and not an error. The error tells that the version is none the chart knows
// or the backend one that it cannot have (a *render.ProblemsError), or that the
// context was done.
func Migrate(ctx context.Context, sources []Source, o Options) (*Result, error) {
	known, err := loadTable()
	if err != nil {
		return nil, err
	}
	to, err := newTarget(ctx, o.To)
	if err != nil {
		return nil, err
	}
	if to.backend = o.Backend; o.Backend != nil {
		if err := o.Backend.refuse(ctx, to); err != nil {
			return nil, err
		}
	}
	public, err := loadPublic()
	if err != nil {
		return nil, err
	}
	facts := findFacts(parse(known, sources))
	decided, err := decide(ctx, facts, to, len(o.Unseen) > 0)
	if err != nil {
		return nil, err
	}
	return edit(decided).report(ctx, o, public)
}

// dir gives the folder for the steps to name.
func (o Options) dir() string { return cmp.Or(o.Dir, DefaultDir) }
