package helmengine

import (
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// ByHelm renders with Helm's own engine: the reference for programs.
func ByHelm(c *Chart, in Input) (map[string]string, error) {
	values, err := chartutil.ToRenderValuesWithSchemaValidation(c.chart, in.Values,
		chartutil.ReleaseOptions{Name: in.ReleaseName, Namespace: in.Namespace, Revision: 1, IsInstall: true}, in.Capabilities.helm, true)
	if err != nil {
		return nil, err
	}
	return engine.Render(c.chart, values)
}
