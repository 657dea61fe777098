package helmengine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"
	"k8s.io/apimachinery/pkg/util/validation"
)

// CheckRelease tells whether Helm and Kubernetes take the name and namespace of
// a release.
func CheckRelease(name, namespace string) error {
	if err := chartutil.ValidateReleaseName(name); err != nil {
		return fmt.Errorf("release name %q: %w", name, err)
	}
	if faults := validation.IsDNS1123Label(namespace); len(faults) > 0 {
		return fmt.Errorf("release namespace %q: %s", namespace, strings.Join(faults, "; "))
	}
	return nil
}

// Input is what one render depends on, besides the chart.
type Input struct {
	ReleaseName string // .Release.Name
	Namespace   string // .Release.Namespace
	// Capabilities is required: the Kubernetes version that Helm would assume is old.
	Capabilities *Capabilities
	// Values are coalesced ones. Templates may set keys at their root, in a copy
	// of this render's own; what lies deeper is shared and must not be set.
	Values map[string]any
	// State is what templates find at their root beside Values: what an
	// evaluation gave, by keys that start with an underscore.
	State  map[string]any
	Lookup Lookup // nil: `lookup` finds nothing, as in `helm template`
}

// Lookup answers the chart's `lookup` template function: one object where name
// is given, else a list (`items`). A nil map with a nil error means not found,
// which the chart sees as empty; an error stops the render, as it does in Helm.
type Lookup func(apiVersion, kind, namespace, name string) (map[string]any, error)

// Render renders the chart's documents, in the order `helm template` prints them: by
// kind as Helm installs them, hooks last. A template that fails, or a file that
// is no YAML, is an error. A context that is done ends it, inside of a template too.
func (c *Chart) Render(ctx context.Context, in Input) ([]Document, error) {
	files, err := c.execute(ctx, in, c.programs.documents...)
	if err != nil {
		return nil, err
	}
	documents, err := arrange(files)
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return nil, err
	}
	return documents, nil
}

// Notes renders templates/NOTES.txt: what `helm install` tells the user.
func (c *Chart) Notes(ctx context.Context, in Input) (string, error) {
	return c.executeOne(ctx, in, path.Join(c.Name(), "templates/NOTES.txt"))
}

// Include renders one named template of the chart's partials: what
// `{{ include NAME . }}` gives in a document.
func (c *Chart) Include(ctx context.Context, name string, in Input) (string, error) {
	return c.executeOne(ctx, in, name)
}

// Evaluate runs one named template of the chart's partials for the state that it
// sets at the root, beside the values, and gives it.
func (c *Chart) Evaluate(ctx context.Context, name string, in Input) (map[string]any, error) {
	run, err := c.start(ctx, in)
	if err != nil {
		return nil, err
	}
	if _, err := run.execute(name); err != nil {
		return nil, err
	}
	state := map[string]any{}
	for key, value := range run.root {
		if strings.HasPrefix(key, "_") {
			state[key] = value
		}
	}
	return state, nil
}

func (c *Chart) executeOne(ctx context.Context, in Input, name string) (string, error) {
	files, err := c.execute(ctx, in, name)
	return files[name], err
}

// execute runs templates and gives their texts by name.
func (c *Chart) execute(ctx context.Context, in Input, names ...string) (map[string]string, error) {
	run, err := c.start(ctx, in)
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(names))
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		run.root["Template"] = map[string]any{"Name": name, "BasePath": path.Join(c.Name(), "templates")}
		text, err := run.execute(name)
		if err != nil {
			return nil, err
		}
		texts[name] = text
	}
	return texts, nil
}

func (c *Chart) start(ctx context.Context, in Input) (*program, error) {
	if in.Capabilities == nil {
		return nil, errors.New("no capabilities given")
	}
	return c.programs.start(ctx, c.data(in), in.Lookup), nil
}

// data is what templates see at their root.
func (c *Chart) data(in Input) map[string]any {
	values := maps.Clone(in.Values)
	if values == nil {
		values = map[string]any{}
	}
	root := map[string]any{
		"Chart":        c.metadata,
		"Files":        c.files,
		"Capabilities": in.Capabilities.known,
		"Release": map[string]any{
			"Name":      in.ReleaseName,
			"Namespace": in.Namespace,
			"IsUpgrade": false,
			"IsInstall": true,
			"Revision":  1,
			"Service":   "Helm",
		},
		"Subcharts": map[string]any{},
		"Values":    values,
	}
	maps.Copy(root, in.State)
	return root
}

// Capabilities are what templates are told of the cluster.
type Capabilities struct {
	helm  *chartutil.Capabilities
	known map[string]any // `.Capabilities` of the templates
}

// Capabilities gives those of a cluster of a Kubernetes version, such as
// v1.34.0, which serves these APIs beside Kubernetes' own, as `helm template --kube-version
// --api-versions` does. A version that is none, or
// that the chart does not support, is an error.
func (c *Chart) Capabilities(kubeVersion string, apis ...string) (*Capabilities, error) {
	parsed, err := chartutil.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, fmt.Errorf("invalid Kubernetes version %q: %w", kubeVersion, err)
	}
	if wanted := c.chart.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, parsed.Version) {
		return nil, fmt.Errorf("chart %s needs Kubernetes %s, not %s", c.Name(), wanted, parsed.Version)
	}
	capabilities := chartutil.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *parsed
	capabilities.APIVersions = append(slices.Clone(capabilities.APIVersions), apis...)
	kube := map[string]any{"Version": parsed.Version, "Major": parsed.Major, "Minor": parsed.Minor}
	return &Capabilities{capabilities, map[string]any{"KubeVersion": kube, "APIVersions": capabilities.APIVersions}}, nil
}
