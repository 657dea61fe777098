package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const withTemplate = `sidecarInjectorWebhook:
  templates:
    NAME: |
      spec:
        containers:
        - name: istio-proxy
          volumeMounts: [{name: lightstep-certs, mountPath: /etc/lightstep}]
        volumes: [{name: lightstep-certs, secret: {secretName: lightstep.cacert}}]
  DEFAULT
meshConfig:
  defaultConfig:
    tracing:
      lightstep: {address: "satellite.example.com:9292", accessToken: t0kz9d6b7a1e4c52}
      tlsSettings: {mode: SIMPLE, caCertificates: /etc/lightstep/cacert.pem}
`

// TestTemplateThatIsNamedStays: no pod is left that names an injection template
// which is gone.
func TestTemplateThatIsNamedStays(t *testing.T) {
	operator := "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  values:\n    " + strings.ReplaceAll(withTemplate, "\n", "\n    ") + "\n"
	const pod = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app, namespace: shop}\nspec:\n  template:\n    metadata:\n      annotations:\n        inject.istio.io/templates: \"sidecar, NAME\"\n"
	for name, c := range map[string]struct{ text, template, byDefault, pod, why string }{
		"by default":                   {text: withTemplate, template: "ca", byDefault: "defaultTemplates: [sidecar, ca]", why: "defaultTemplates or the annotation inject.istio.io/templates of a pod may name it"},
		"by default, an IstioOperator": {text: operator, template: "ca", byDefault: "defaultTemplates: [sidecar, ca]", why: "of a pod may name it"},
		"by a pod":                     {text: withTemplate, template: "ca", pod: pod, why: "Deployment shop/app names it by the annotation"},
		"the chart's, by a pod":        {text: withTemplate, template: "istio-lightstep", pod: pod, why: "Deployment shop/app names it by the annotation"},
		"by a pod that nobody gave":    {text: withTemplate, template: "ca", why: "of a pod may name it"},
		"the chart's":                  {text: withTemplate, template: "istio-lightstep", byDefault: "defaultTemplates: [sidecar, istio-lightstep]"},
		"the chart's, and another pod": {text: withTemplate, template: "istio-lightstep", byDefault: "defaultTemplates: [sidecar, istio-lightstep]", pod: strings.ReplaceAll(pod, "NAME", "istio-lightstep-too")},
	} {
		t.Run(name, func(t *testing.T) {
			sources := []migrate.Source{{Name: "mine.yaml", Data: []byte(strings.NewReplacer("NAME", c.template, "DEFAULT", c.byDefault).Replace(c.text))}}
			if c.pod != "" {
				sources = append(sources, migrate.Source{Name: "pod.yaml", Data: []byte(strings.ReplaceAll(c.pod, "NAME", c.template))})
			}
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			after := string(result.Documents[0].After)
			assert.NotContains(t, after, "satellite")
			if c.why == "" {
				assert.NotContains(t, after, "istio-lightstep", "neither the template nor its name")
				return
			}
			assert.Contains(t, after, c.template+": |")
			assert.Contains(t, after, c.byDefault)
			_, byHand, _ := strings.Cut(result.Report(), "## To do by hand\n")
			byHand, _, _ = strings.Cut(byHand, "\n## ")
			assert.Contains(t, byHand, c.why)
		})
	}
}
