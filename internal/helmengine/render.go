package helmengine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// Input is what one render depends on, besides the chart.
type Input struct {
	ReleaseName string // .Release.Name
	Namespace   string // .Release.Namespace
	KubeVersion string // .Capabilities.KubeVersion, such as v1.34.0; required, for Helm's own default is old
	// Values are coalesced ones. Templates may set keys at their root, in a copy
	// of this render's own; what lies deeper is shared and must not be set.
	Values map[string]any
	Lookup Lookup // nil: `lookup` finds nothing, as in `helm template`
	// Skip names templates (by their path in the chart, such as
	// templates/mesh/telemetry.yaml) that need not be parsed, because with these
	// values they render empty and nothing includes them. nil: all are.
	Skip func(path string) bool
}

// Render renders the chart's documents: all but NOTES.txt. A template that
// fails, or a file that is no YAML, is an error. The context is looked at
// between the steps, as Helm's template engine can't be stopped.
func (c *Chart) Render(ctx context.Context, in Input) (*Output, error) {
	files, err := c.execute(ctx, in, c.templates(func(name string) bool {
		return !isNotes(name) && (in.Skip == nil || !in.Skip(name))
	}))
	if err != nil {
		return nil, err
	}
	documents, err := arrange(files)
	if err != nil {
		return nil, err
	}
	return &Output{Documents: documents}, ctx.Err()
}

// Notes renders templates/NOTES.txt: what `helm install` tells the user.
func (c *Chart) Notes(ctx context.Context, in Input) (string, error) {
	files, err := c.execute(ctx, in, c.templates(func(name string) bool { return isNotes(name) || isPartial(name) }))
	if err != nil {
		return "", err
	}
	return files[path.Join(c.Name(), notesPath)], nil
}

// Include renders one named template of the chart's partials: what
// `{{ include NAME . }}` gives in a document.
func (c *Chart) Include(ctx context.Context, name string, in Input) (string, error) {
	const caller = "templates/include"
	templates := append(c.templates(isPartial), &chart.File{
		Name: caller,
		Data: fmt.Appendf(nil, "{{ include %q . }}", name),
	})
	files, err := c.execute(ctx, in, templates)
	if err != nil {
		return "", err
	}
	return files[path.Join(c.Name(), caller)], nil
}

const notesPath = "templates/NOTES.txt"

func isNotes(name string) bool { return strings.HasSuffix(name, "NOTES.txt") }

func isPartial(name string) bool { return strings.HasPrefix(path.Base(name), "_") }

func (c *Chart) templates(keep func(name string) bool) []*chart.File {
	kept := make([]*chart.File, 0, len(c.chart.Templates)+1)
	for _, t := range c.chart.Templates {
		if keep(t.Name) {
			kept = append(kept, t)
		}
	}
	return kept
}

// execute runs the templates and gives their texts by path, the chart's name
// first. The chart is copied, for it may be in use elsewhere.
func (c *Chart) execute(ctx context.Context, in Input, templates []*chart.File) (map[string]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	capabilities, err := c.capabilities(in.KubeVersion)
	if err != nil {
		return nil, err
	}
	copied := *c.chart
	copied.Templates = templates

	top := chartutil.Values{
		"Chart":        copied.Metadata,
		"Capabilities": capabilities,
		"Release": map[string]any{
			"Name":      in.ReleaseName,
			"Namespace": in.Namespace,
			"IsUpgrade": false,
			"IsInstall": true,
			"Revision":  1,
			"Service":   "Helm",
		},
		"Values": chartutil.Values(maps.Clone(in.Values)),
	}
	var files map[string]string
	if in.Lookup != nil {
		files, err = engine.RenderWithClientProvider(&copied, top, in.Lookup)
	} else {
		files, err = engine.Render(&copied, top)
	}
	if err != nil {
		return nil, err
	}
	return files, ctx.Err()
}

// capabilities tells the templates of the cluster, as `helm template
// --kube-version` does.
func (c *Chart) capabilities(kubeVersion string) (*chartutil.Capabilities, error) {
	if kubeVersion == "" {
		return nil, errors.New("no Kubernetes version given")
	}
	parsed, err := chartutil.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, fmt.Errorf("invalid Kubernetes version %q: %w", kubeVersion, err)
	}
	if wanted := c.chart.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, parsed.Version) {
		return nil, fmt.Errorf("chart %s needs Kubernetes %s, not %s", c.Name(), wanted, parsed.Version)
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *parsed
	return capabilities, nil
}
