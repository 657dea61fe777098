package main

import (
	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

func registerIgnore(flags *pflag.FlagSet, ids *[]string) {
	flags.StringSliceVar(ids, "ignore", nil, "leave out findings of this `ID`, and count them (repeatable)")
}

// ignoredIDs reads the flag, against the ids that are known.
func ignoredIDs(given []string, known func() ([]string, error)) (ignore.IDs, error) {
	if len(given) == 0 {
		return nil, nil
	}
	ids, err := known()
	if err != nil {
		return nil, err
	}
	return ignore.Parse(given, ids)
}

// ignoreProblems marks the problems that are ignored.
func ignoreProblems(problems []problem.Problem, ids ignore.IDs) {
	for i := range problems {
		if ids.Has(problems[i].ID) {
			problems[i].IgnoredBy = ignore.Flag
		}
	}
}
