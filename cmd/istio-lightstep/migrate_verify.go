package main

import (
	"context"
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/internal/leftover"
	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// verify tells what still mentions LightStep: the sources, or without any the
// cluster.
func (j *migrateJob) verify(ctx context.Context, sources []migrate.Source) error {
	report := &leftover.Report{}
	for _, s := range sources {
		report.File(s.Name, s.Data)
	}
	if len(sources) == 0 {
		cluster, err := j.cluster.connect("migrate")
		if err != nil {
			return err
		}
		if report, err = leftover.Cluster(ctx, cluster); err != nil {
			return err
		}
	}
	for _, m := range report.Mentions {
		if _, err := fmt.Fprintln(j.out, terminal.Safe(m.String())); err != nil {
			return err
		}
	}
	for _, g := range report.Gaps {
		j.say("could not look at %s: %s", g.What, g.Why)
	}
	count := len(report.Mentions) + report.More
	switch {
	case report.More > 0:
		j.say("LightStep is mentioned in %d places; the first %d are named", count, len(report.Mentions))
	case count > 0:
		j.say("LightStep is mentioned in %s", terminal.Counted(count, "place"))
	case len(report.Gaps) == 0:
		j.say("nothing mentions LightStep but names of istio-lightstep")
	}
	switch {
	case len(report.Gaps) > 0:
		return errFailed // what could not be looked at is no pass
	case count > 0:
		return errRefused
	}
	return nil
}
