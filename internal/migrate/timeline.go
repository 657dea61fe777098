package migrate

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

//go:embed changes.yaml
var changesYAML []byte

// change is one entry of changes.yaml, where its keys are told.
type change struct {
	At     string `json:"at"`
	Breaks bool   `json:"breaks"`
	What   string `json:"what"`
	Answer string `json:"answer"`
	Source string `json:"source"`
}

// Timeline tells, for a person, what changes for LightStep on the way from one
// version of Istio to a later one, and what this chart does about it. A version
// that the chart does not know is a *render.ProblemsError.
func Timeline(ctx context.Context, from, to string) (string, error) {
	start, err := bound(ctx, "--from", from, false)
	if err != nil {
		return "", err
	}
	end, err := bound(ctx, "--to", to, true)
	if err != nil {
		return "", err
	}
	if !start.parsed.Less(end.parsed) {
		return "", fmt.Errorf("--from %s is not before --to %s", from, to)
	}
	var file struct {
		Changes []change `json:"changes"`
	}
	if err := yaml.UnmarshalStrict(changesYAML, &file); err != nil {
		return "", fmt.Errorf("changes.yaml: %w", err)
	}
	dialects, err := dialect.Load()
	if err != nil {
		return "", err
	}
	return timeline(start, end, file.Changes, dialects.Rows()), nil
}

func timeline(start, end target, changes []change, rows []*dialect.Row) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Istio %s to %s\n\n%s  spans go by %s delivery (of %s)\n",
		start.version, end.version, start.version, start.row.Auto, strings.Join(start.row.Deliveries, ", "))
	before := start.row
	broken := 0
	for _, d := range rows {
		if !start.parsed.Less(d.From) || end.parsed.Less(d.From) {
			continue
		}
		var lines []string
		if d.Auto != before.Auto || strings.Join(d.Deliveries, ",") != strings.Join(before.Deliveries, ",") {
			lines = append(lines, fmt.Sprintf("  spans go by %s delivery (of %s)", d.Auto, strings.Join(d.Deliveries, ", ")))
		}
		before = d
		for _, c := range changes {
			if c.At != d.From.String() {
				continue
			}
			mark := "  changes: "
			if c.Breaks {
				mark = "  breaks:  "
				broken++
			}
			lines = append(lines, mark+c.What, "           this chart: "+c.Answer, "           source: "+c.Source)
		}
		if len(lines) > 0 {
			fmt.Fprintf(&out, "\n%s\n%s\n", d.From, strings.Join(lines, "\n"))
		}
	}
	fmt.Fprintf(&out, "\n%d things break on the way. `istio-lightstep migrate --to %s FILE…` moves what you have.\n", broken, end.version)
	return out.String()
}

// bound gives the target of a flag.
func bound(ctx context.Context, flag, version string, last bool) (target, error) {
	version, err := rowOf(version, last)
	if err != nil {
		return target{}, err
	}
	t, err := newTarget(ctx, version)
	return t, named(err, flag)
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

// named says which flag a refused version came from.
func named(err error, flag string) error {
	var refused *render.ProblemsError
	if errors.As(err, &refused) {
		for i := range refused.Problems {
			refused.Problems[i].File = flag
		}
	}
	return err
}
