package mesh

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deployment is one that is labelled as a control plane.
func deployment(namespace, name, app, revision string) string {
	return `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ` + name + `, namespace: ` + namespace + `, labels: {app: ` + app + `, istio.io/rev: ` + revision + `}}
spec: {replicas: 1, template: {spec: {containers: [{name: discovery, image: "istio/pilot:1.31.0"}]}}}
---`
}

// webhook is a configuration of one webhook.
func webhook(kind, name, hook, client string) string {
	return `
apiVersion: admissionregistration.k8s.io/v1
kind: ` + kind + `WebhookConfiguration
metadata: {name: ` + name + `}
webhooks: [{name: ` + hook + `, clientConfig: ` + client + `}]
---`
}

func of(namespace string) string {
	return "{service: {name: istiod, namespace: " + namespace + "}}"
}

// TestWhoRunsTheMesh: not who labels a Deployment, which every tenant can, but
// whom the webhooks of Istio call, which only an administrator of the cluster can
// set.
func TestWhoRunsTheMesh(t *testing.T) {
	t.Parallel()
	const (
		inject = "namespace.sidecar-injector.istio.io"
		valid  = "rev.validation.istio.io"
	)
	tenant := deployment("aaa", "my-app", "istiod", "zzz")
	usual := deployment("istio-system", "istiod", "istiod", "default")
	for name, c := range map[string]struct {
		objects   string
		options   Options
		denied    []string
		istiods   []string
		strangers []string
		unsure    bool
	}{
		"a tenant's label makes no control plane": {
			objects: tenant + usual + webhook("Mutating", "istio-sidecar-injector", inject, of("istio-system")),
			istiods: []string{"istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"nor that of old": {
			objects: deployment("aaa", "my-app", "pilot", "zzz") + usual + webhook("Mutating", "istio-sidecar-injector", inject, of("istio-system")),
			istiods: []string{"istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"several revisions": {
			objects: usual + deployment("istio-system", "istiod-1-30", "istiod", "1-30") + tenant +
				webhook("Mutating", "istio-sidecar-injector", inject, of("istio-system")) +
				webhook("Mutating", "istio-sidecar-injector-1-30", "rev."+inject, of("istio-system")),
			istiods: []string{"istio-system/istiod-1-30", "istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"an istiod in another namespace, and a tenant's in istio-system's absence": {
			objects: deployment("mesh", "istiod", "istiod", "default") + tenant + webhook("Mutating", "istio-sidecar-injector-mesh", inject, of("mesh")),
			istiods: []string{"mesh/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"two meshes in a cluster": {
			objects: deployment("mesh", "istiod", "istiod", "b") + usual + webhook("Mutating", "a", inject, of("istio-system")) + webhook("Mutating", "b", inject, of("mesh")),
			istiods: []string{"mesh/istiod", "istio-system/istiod"},
		},
		"a revision of which nothing is injected has its validation": {
			objects: usual + deployment("mesh", "istiod-b", "istiod", "b") + tenant + webhook("Mutating", "a", inject, of("istio-system")) +
				webhook("Validating", "istio-validator-b-mesh", valid, of("mesh")),
			istiods: []string{"mesh/istiod-b", "istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"Istio 1.4": {
			objects: deployment("istio-control", "istio-pilot", "pilot", "default") + tenant +
				webhook("Mutating", "istio-sidecar-injector", "sidecar-injector.istio.io", of("istio-control")) +
				webhook("Validating", "istio-galley", "pilot.validation.istio.io", of("istio-config")),
			istiods: []string{"istio-control/istio-pilot"}, strangers: []string{"aaa/my-app"},
		},
		"a webhook of a URL": {
			objects: usual + tenant + webhook("Mutating", "istio-sidecar-injector", inject, `{url: "https://istiod.example:15017/inject"}`),
			istiods: []string{"istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"no webhook at all": {
			objects: usual + tenant,
			istiods: []string{"istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"no webhook, and the user names the namespace": {
			objects: deployment("mesh", "istiod", "istiod", "default") + tenant, options: Options{IstioNamespace: "mesh"},
			istiods: []string{"mesh/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"the user names one beside that of the webhook": {
			objects: usual + deployment("mesh", "istiod-b", "istiod", "b") + webhook("Mutating", "a", inject, of("istio-system")), options: Options{IstioNamespace: "mesh"},
			istiods: []string{"mesh/istiod-b", "istio-system/istiod"},
		},
		"another product's webhook names nobody": {
			objects: usual + tenant + webhook("Mutating", "a", inject, of("istio-system")) + webhook("Mutating", "b", "sidecar-injector.dapr.io", of("aaa")) +
				webhook("Validating", "c", "validation.example.io", of("aaa")),
			istiods: []string{"istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
		"no right to see webhooks": {
			objects: usual + tenant + webhook("Mutating", "a", inject, of("mesh")), denied: []string{webhooks.String(), validators.String()},
			istiods: []string{"istio-system/istiod"}, strangers: []string{"aaa/my-app"}, unsure: true,
		},
		"of one revision alone": {
			objects: usual + tenant + webhook("Mutating", "a", inject, of("istio-system")), options: Options{Revision: "default"},
			istiods: []string{"istio-system/istiod"}, strangers: []string{"aaa/my-app"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := ReadRecorded(strings.NewReader(c.objects))
			require.NoError(t, err)
			r.Denied = c.denied
			s, err := Read(t.Context(), r, c.options)
			require.NoError(t, err)
			assert.Equal(t, c.istiods, refs(s.Istiods))
			assert.Equal(t, c.strangers, refs(s.Strangers))
			assert.False(t, s.Trusted("aaa"))
			assert.Equal(t, c.unsure, s.Unsure("zzz"))
			assert.False(t, s.Unsure("default"), "that one is a control plane")
			unseen := slices.ContainsFunc(s.Gaps, func(g Gap) bool { return g.What == webhooks.String() || g.What == validators.String() })
			assert.Equal(t, c.denied != nil, unseen, s.Gaps)
		})
	}
}

// TestATenantsRevisionIsNone: it may not be asked for either.
func TestATenantsRevisionIsNone(t *testing.T) {
	t.Parallel()
	r, err := ReadRecorded(strings.NewReader(deployment("aaa", "my-app", "istiod", "zzz") + deployment("istio-system", "istiod", "istiod", "default")))
	require.NoError(t, err)
	_, err = Read(t.Context(), r, Options{Revision: "zzz"})
	require.ErrorIs(t, err, ErrNoRevision)
}

func refs(of []*Istiod) []string {
	var all []string
	for _, i := range of {
		all = append(all, i.String())
	}
	return all
}
