package migrate

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

//go:embed changes.yaml
var changesYAML []byte

// Change is something that a version of Istio changes for LightStep.
type Change struct {
	Breaks bool   `json:"breaks"` // what worked before does not work any more
	What   string `json:"what"`
	Answer string `json:"answer"` // what this chart does about it
	Source string `json:"source"` // where this is known from
}

// Stage is a version of Istio at which something changes.
type Stage struct {
	Version    string   `json:"version"`
	Auto       string   `json:"auto"` // delivery that `auto` stands for
	Deliveries []string `json:"deliveries"`
	Changes    []Change `json:"changes"`

	rerouted bool // the deliveries are not those of the version before
}

// Timeline is what changes for LightStep on the way from one version of Istio
// to a later one. The first is the version to begin with.
type Timeline struct {
	From     string  `json:"from"`
	To       string  `json:"to"`
	Versions []Stage `json:"versions"`
}

// NewTimeline works out what changes between two versions. A version that the
// chart does not know is a *render.ProblemsError.
func NewTimeline(ctx context.Context, from, to string) (*Timeline, error) {
	start, err := bound(ctx, "--from", from, false)
	if err != nil {
		return nil, err
	}
	end, err := bound(ctx, "--to", to, true)
	if err != nil {
		return nil, err
	}
	if !start.parsed.Less(end.parsed) {
		return nil, fmt.Errorf("--from %s is not before --to %s", from, to)
	}
	var file struct {
		Changes []struct {
			At string `json:"at"`
			Change
		} `json:"changes"`
	}
	if err := yaml.UnmarshalStrict(changesYAML, &file); err != nil {
		return nil, fmt.Errorf("changes.yaml: %w", err)
	}
	dialects, err := dialect.Load()
	if err != nil {
		return nil, err
	}
	before := Stage{Version: start.parsed.String(), Auto: start.row.Auto, Deliveries: start.row.Deliveries, Changes: []Change{}, rerouted: true}
	t := &Timeline{From: start.version, To: end.version, Versions: []Stage{before}}
	for _, row := range dialects.Rows() {
		if !start.parsed.Less(row.From) || end.parsed.Less(row.From) {
			continue
		}
		stage := Stage{Version: row.From.String(), Auto: row.Auto, Deliveries: row.Deliveries, Changes: []Change{}}
		stage.rerouted = stage.Auto != before.Auto || !slices.Equal(stage.Deliveries, before.Deliveries)
		before = stage
		for _, c := range file.Changes {
			if c.At == stage.Version {
				stage.Changes = append(stage.Changes, c.Change)
			}
		}
		if stage.rerouted || len(stage.Changes) > 0 {
			t.Versions = append(t.Versions, stage)
		}
	}
	return t, nil
}

// String tells a person.
func (t *Timeline) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "Istio %s to %s\n", t.From, t.To)
	broken := 0
	for i, stage := range t.Versions {
		if i == 0 {
			fmt.Fprintf(&out, "\n%s", t.From)
		} else {
			fmt.Fprintf(&out, "\n%s\n", stage.Version)
		}
		if stage.rerouted {
			others := slices.DeleteFunc(slices.Clone(stage.Deliveries), func(one string) bool { return one == stage.Auto })
			fmt.Fprintf(&out, "  spans go by %s delivery", stage.Auto)
			if len(others) > 0 {
				fmt.Fprintf(&out, " (or, if you set it, %s)", strings.Join(others, ", "))
			}
			out.WriteString("\n")
		}
		for _, c := range stage.Changes {
			mark := "changes: "
			if c.Breaks {
				mark = "breaks:  "
				broken++
			}
			fmt.Fprintf(&out, "  %s%s\n           this chart: %s\n           source: %s\n", mark, c.What, c.Answer, c.Source)
		}
	}
	fmt.Fprintf(&out, "\n%d things break on the way. `istio-lightstep migrate --to %s FILE…` moves what you have.\n", broken, t.To)
	return out.String()
}

// bound gives the target of a flag.
func bound(ctx context.Context, flag, version string, last bool) (target, error) {
	version, err := rowOf(version, last)
	if err != nil {
		return target{}, err
	}
	return newTarget(ctx, flag, version)
}

// rowOf gives the version of the first or last row of a minor, where no patch is
// given and there are several rows.
func rowOf(version string, lastRow bool) (string, error) {
	dialects, err := dialect.Load()
	if err != nil {
		return "", err
	}
	var rows []string
	for _, d := range dialects.Rows() {
		if d.Minor == strings.TrimPrefix(version, "v") {
			rows = append(rows, d.From.String())
		}
	}
	switch {
	case len(rows) < 2:
		return version, nil
	case lastRow:
		return rows[len(rows)-1], nil
	}
	return rows[0], nil
}
