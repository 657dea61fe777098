package migrate_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestTheLastFlagWins, as for Helm.
func TestTheLastFlagWins(t *testing.T) {
	const key = "helm install istiod x --set global.tracer.lightstep.address="
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "install.sh", Data: []byte(key + "a.lightstep.com:443" + key[21:] + "b.lightstep.com:443\n")}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	assert.Contains(t, string(result.Values), "address: b.lightstep.com:443")
}

// TestDeepFlagsEnd: what a flag sets is removed in a time that does not double
// with each level.
func TestDeepFlagsEnd(t *testing.T) {
	t.Parallel()
	provider := `[{"name":"x","lightstep":{"service":"i.lightstep.com","port":443,"a":` + strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60) + "}}]"
	text := "istioctl install --set-json 'meshConfig.extensionProviders=" + provider + "' --set " + strings.Repeat("a.", 5000) + "b=1\n"
	done := make(chan *migrate.Result)
	go func() {
		defer close(done)
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "install.sh", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		assert.NoError(t, err)
		done <- result
	}()
	select {
	case result := <-done:
		assert.True(t, result.Documents[0].Changed())
	case <-time.After(time.Minute):
		t.Fatal("it has not ended")
	}
}

// TestFlagsOfTheUsersCommandAreKept: an installation without them would take back what they set.
func TestFlagsOfTheUsersCommandAreKept(t *testing.T) {
	t.Parallel()
	const mesh = "meshConfig:\n  accessLogFile: /dev/stdout\n  defaultProviders: {tracing: [spans]}\n  extensionProviders:\n  - name: spans\n    lightstep: {service: ingest.lightstep.com, port: 443}\n"
	const token = " --set meshConfig.extensionProviders[0].lightstep.accessToken=f4c19a7be02d8356"
	for name, c := range map[string]struct {
		command     string
		file        bool
		asked       []string
		first, last string
	}{
		"some stay":  {"helm upgrade istiod istio/istiod -f mesh.yaml --set pilot.autoscaleMin=3" + token, true, []string{"FLAGS", "FLAGS_WITHOUT"}, ` "${FLAGS[@]}" -f mesh.yaml`, ` "${FLAGS_WITHOUT[@]}" -f out/mesh.yaml`},
		"all stay":   {"helm upgrade istiod istio/istiod -f mesh.yaml --set pilot.autoscaleMin=3", true, []string{"FLAGS"}, ` "${FLAGS[@]}" -f mesh.yaml`, ` "${FLAGS[@]}" -f out/mesh.yaml`},
		"none stays": {"helm upgrade istiod istio/istiod -f mesh.yaml" + token, true, []string{"FLAGS"}, ` "${FLAGS[@]}" -f mesh.yaml`, `--wait -f out/mesh.yaml`},
		"flags alone": {
			"istioctl install --set hub=example.com/istio --set meshConfig.defaultProviders.tracing[0]=spans --set meshConfig.extensionProviders[0].name=spans" +
				" --set meshConfig.extensionProviders[0].lightstep.service=ingest.lightstep.com --set meshConfig.extensionProviders[0].lightstep.port=443" + token, false,
			[]string{"FLAGS", "FLAGS_WITHOUT"},
			`install -y "${FLAGS[@]}" -f lightstep.yaml`, `install -y "${FLAGS_WITHOUT[@]}" -f lightstep.yaml`,
		},
		"a file that was not given": {
			"istioctl install -f other.yaml --set hub=example.com/istio --set meshConfig.defaultProviders.tracing[0]=spans" +
				" --set meshConfig.extensionProviders[0].name=spans --set meshConfig.extensionProviders[0].lightstep.service=ingest.lightstep.com --set meshConfig.extensionProviders[0].lightstep.port=443" + token, false,
			[]string{"FLAGS", "FLAGS_WITHOUT", "YOURS", "YOURS_WITHOUT"},
			`install -y "${FLAGS[@]}" -f "$YOURS" -f lightstep.yaml`, `install -y "${FLAGS_WITHOUT[@]}" -f "$YOURS_WITHOUT" -f lightstep.yaml`,
		},
		"a namespace":                          {"istioctl install -y -i mesh -f mesh.yaml --set hub=example.com/istio", true, []string{"FLAGS"}, `install -y -i mesh "${FLAGS[@]}" -f mesh.yaml`, `uninstall -y -i mesh --revision`},
		"a namespace alone, on several lines":  {"istioctl install -y \\\n  -f mesh.yaml \\\n  --istioNamespace=mesh", true, nil, `install -y -i mesh -f mesh.yaml`, `tag set default -i mesh --revision`},
		"a namespace of what does not install": {"istioctl proxy-config log a -i other\nistioctl install -f mesh.yaml --set hub=example.com/istio", true, []string{"FLAGS"}, `install -y "${FLAGS[@]}" -f mesh.yaml`, `uninstall -y --revision`},
		"a revision alone":                     {"istioctl install --revision blue -f mesh.yaml", true, nil, "install -y --revision blue -f mesh.yaml", "install -y --revision blue -f out/mesh.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sources := []migrate.Source{{Name: "install.sh", Data: []byte(c.command + "\n")}}
			if c.file {
				text := mesh
				if strings.HasPrefix(c.command, "istioctl") {
					text = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  " + strings.ReplaceAll(mesh, "\n", "\n  ") + "\n"
				}
				sources = append(sources, migrate.Source{Name: "mesh.yaml", Data: []byte(text)})
			}
			commands := commandsOf(t, "out", sources...)
			for _, variable := range []string{"FLAGS", "FLAGS_WITHOUT", "YOURS", "YOURS_WITHOUT"} {
				if slices.Contains(c.asked, variable) {
					assert.Contains(t, commands, `"${`+variable+":?")
				} else {
					assert.NotContains(t, commands, `"${`+variable+":?")
				}
			}
			assert.Contains(t, commands, c.first)
			assert.Contains(t, commands, c.last)
		})
	}
}

// said gives what migrate says of sources, and the commands of all steps.
func said(t *testing.T, files map[string]string) (findings, commands string) {
	t.Helper()
	var sources []migrate.Source
	for _, name := range slices.Sorted(maps.Keys(files)) {
		sources = append(sources, migrate.Source{Name: name, Data: []byte(files[name])})
	}
	result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28", Dir: "out"})
	require.NoError(t, err)
	var said strings.Builder
	for _, f := range result.Findings {
		fmt.Fprintf(&said, "%s %s %d %s: %s\n", f.Outcome, f.File, f.Line, f.Path, f.Text)
	}
	var runs strings.Builder
	for _, step := range result.Steps {
		runs.WriteString(step.Run + "\n")
	}
	return said.String(), runs.String()
}

// TestWhatACommandTakesBeside: what migrate cannot read of the user's command is asked for, or named.
func TestWhatACommandTakesBeside(t *testing.T) {
	t.Parallel()
	const values = "pilot: {autoscaleMin: 3}\nmeshConfig:\n  defaultProviders: {tracing: [ls]}\n  extensionProviders:\n  - name: ls\n    lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	const helm = "helm upgrade --install istiod istio/istiod -n istio-system -f values.yaml"
	const list = " --set meshConfig.extensionProviders[0].name=ls --set meshConfig.extensionProviders[0].lightstep.service=ingest.lightstep.com" +
		" --set meshConfig.extensionProviders[0].lightstep.port=443 --set meshConfig.extensionProviders[0].lightstep.accessToken=31a5e7f09b2c4d68"
	for name, c := range map[string]struct {
		files          map[string]string
		said, commands []string
		never          []string
	}{
		"variables of istiod as a whole": {
			map[string]string{"values.yaml": values, "up.sh": helm + ` --set-json 'pilot.env={"A":"b"}'`},
			[]string{"this replaces all variables of istiod"},
			[]string{`"${FLAGS_WITHOUT:?`},
			nil,
		},
		"variables that are set one by one": {
			map[string]string{"values.yaml": values, "up.sh": helm + ` --set-json 'pilot.env.A="b"'`}, nil, nil, []string{"this replaces", "FLAGS_WITHOUT"},
		},
		"an array of flags": {
			map[string]string{"values.yaml": values, "up.sh": "ARGS=(--set global.hub=h)\n" + helm + ` "${ARGS[@]}" --set global.tag=t`},
			[]string{"what this variable holds was not read"},
			[]string{`"${FLAGS:?`, `"${FLAGS_WITHOUT:?`, ` "${FLAGS[@]}" -f values.yaml`},
			nil,
		},
		"flags in a variable without quotes": {
			map[string]string{"values.yaml": values, "up.sh": helm + " $EXTRA_ARGS --set global.hub=h"}, []string{"what this variable holds was not read"}, []string{`"${FLAGS:?`}, nil,
		},
		"a chart in a variable": {
			map[string]string{"values.yaml": values, "up.sh": "helm upgrade istiod $CHART -f values.yaml --set global.hub=h"}, nil, nil, []string{"what this variable holds"},
		},
		"another file beside one that was given": {
			map[string]string{"values.yaml": values, "up.sh": helm + " -f prod.yaml --set global.hub=h"},
			[]string{"the command reads a file of its own"},
			[]string{`: "${MORE?`, ` -f values.yaml $MORE -f lightstep.yaml`, ` -f out/values.2.yaml $MORE -f lightstep.yaml`},
			[]string{"YOURS"},
		},
		"values of the release": {
			map[string]string{"up.sh": "helm upgrade istiod istio/istiod --reuse-values --set meshConfig.defaultProviders.tracing[0]=ls" + list},
			[]string{"give `helm get values` of it"},
			[]string{`: "${YOURS:?`},
			nil,
		},
		"a release of another name": {
			map[string]string{"values.yaml": values, "up.sh": "helm upgrade -n istio-system --install mesh istio/istiod -f values.yaml --set revision=blue"},
			nil,
			[]string{"helm upgrade --install mesh \"$ISTIOD\"", "helm upgrade --install istiod-1-28 \"$NEW_ISTIOD\"", "helm uninstall mesh -n"},
			[]string{"--install istiod-blue"},
		},
		"other charts of Istio": {
			map[string]string{"values.yaml": values, "up.sh": "helm upgrade --install istio-base istio/base --set global.hub=h\n" + helm + " -n istio-system\nhelm upgrade --install istio-ingress istio/gateway -n istio-ingress --set global.hub=h"},
			nil,
			[]string{`helm upgrade --install istiod "$ISTIOD"`, "helm uninstall istiod -n"},
			[]string{"istio-ingress", "istio-base", "FLAGS"},
		},
		"a command without flags that set anything": {
			map[string]string{"values.yaml": values, "up.sh": "set -e\nhelm upgrade --install istiod istio/istiod -n istio-system -f values.yaml\n"}, nil, []string{`helm upgrade --install istiod "$ISTIOD"`}, nil,
		},
		"a chart that kubectl applies": {
			map[string]string{"values.yaml": values, "up.sh": "helm template mesh istio/istiod -n istio-system --set global.hub=h -f values.yaml \\\n  | kubectl apply -f -"},
			nil,
			[]string{
				`helm template mesh "$ISTIOD" -n istio-system "${FLAGS[@]}" -f values.yaml -f lightstep.yaml | kubectl apply -f -`,
				`--set revision=1-28 -f out/values.2.yaml -f lightstep.yaml --set 'revisionTags={default}' | kubectl apply -f -`,
				`helm template mesh "$ISTIOD" -n istio-system "${FLAGS[@]}" --set revision= -f out/values.2.yaml | kubectl delete --ignore-not-found -f -`,
			},
			[]string{"helm uninstall", `helm upgrade --install istiod`, "--reuse-values"},
		},
		"a folder that kubectl applies through others": {
			map[string]string{"values.yaml": values, "up.sh": "helm template manifests/charts/istio-control/istio-discovery -n istio-system -f values.yaml |\n  tee all.yaml | kubectl create -f -"},
			nil,
			[]string{`helm template istiod "$ISTIOD" -n istio-system -f values.yaml -f lightstep.yaml | kubectl apply -f -`},
			[]string{`helm upgrade --install istiod`},
		},
		"a chart that is only looked at": {
			map[string]string{"values.yaml": values, "up.sh": "helm template istiod istio/istiod -f values.yaml --set global.hub=h | kubectl diff -f -\n" + helm}, nil, []string{`helm upgrade --install istiod "$ISTIOD"`}, []string{`helm template istiod "`},
		},
		"another chart that kubectl applies": {
			map[string]string{"values.yaml": values, "up.sh": "helm template base istio/base --set global.hub=h | kubectl apply -f -\n" + helm}, nil, []string{`helm upgrade --install istiod "$ISTIOD"`}, []string{"helm template istiod \""},
		},
		"a release in a variable": {
			map[string]string{"values.yaml": values, "up.sh": "helm upgrade --install $RELEASE istio/istiod -f values.yaml --set global.hub=h"}, nil, []string{`helm upgrade --install istiod "$ISTIOD"`}, nil,
		},
		"an item behind the last": {
			map[string]string{"values.yaml": values, "up.sh": helm + " --set meshConfig.extensionProviders[1].name=otel --set meshConfig.extensionProviders[1].opentelemetry.service=otel.obs.svc.cluster.local --set meshConfig.extensionProviders[1].opentelemetry.port=4317"},
			[]string{"number it anew"},
			[]string{`"${FLAGS_WITHOUT:?`},
			nil,
		},
		"a list by flags alone, of an istiod with a shared ConfigMap of its own": {
			map[string]string{"values.yaml": "pilot: {env: {SHARED_MESH_CONFIG: corp}}\n", "up.sh": helm + " --set meshConfig.defaultProviders.tracing[0]=ls" + list},
			nil,
			[]string{`--into "$YOURS"`},
			[]string{`"${FLAGS`},
		},
		"values that another program reads": {
			map[string]string{"values.yaml": values, "helmfile.yaml": "releases:\n- name: istiod\n  chart: istio/istiod\n  values: [values.yaml, {global: {hub: h}}]\n"},
			nil, nil,
			[]string{`helm upgrade --install istiod "`},
		},
		"a provider whose name has a space": {
			map[string]string{"values.yaml": strings.ReplaceAll(strings.ReplaceAll(values, "name: ls", "name: my ls"), "[ls]", "[my ls]")},
			nil,
			[]string{`[{"name": "my ls"}]`},
			[]string{`"NAME"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, commands := said(t, c.files)
			for _, text := range c.said {
				assert.Contains(t, findings, text)
			}
			for _, text := range c.commands {
				assert.Contains(t, commands, text)
			}
			for _, text := range c.never {
				assert.NotContains(t, findings+commands, text)
			}
		})
	}
}

// TestAnotherControlPlaneOfAScript: what a command sets for one is nothing of the other's.
func TestAnotherControlPlaneOfAScript(t *testing.T) {
	t.Parallel()
	const list = " --set meshConfig.extensionProviders[0].name=ls --set meshConfig.extensionProviders[0].lightstep.service=ingest.lightstep.com" +
		" --set meshConfig.extensionProviders[0].lightstep.port=443 --set meshConfig.defaultProviders.tracing[0]=ls"
	const blue, green = "istioctl install --set revision=blue" + list + "\n", "istioctl install -i green --set revision=green --set meshConfig.rootNamespace=green-root --set values.pilot.traceSampling=7\n"
	for name, script := range map[string]string{
		"before": green + blue, "behind": blue + green,
		"by Helm":            "helm upgrade --install a istio/istiod --set revision=blue" + list + "\nhelm upgrade --install b istio/istiod --set revision=green --set meshConfig.rootNamespace=green-root --set pilot.traceSampling=7\n",
		"without a revision": blue + "istioctl install -i green --set meshConfig.rootNamespace=green-root --set values.pilot.traceSampling=7\n",
		"of LightStep's too": strings.ReplaceAll(green, " -i green", list) + blue,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "up.sh", Data: []byte(script)}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			assert.Contains(t, string(result.Values), "revision: blue")
			assert.NotContains(t, string(result.Values), "green")
			for _, step := range result.Steps {
				assert.NotContains(t, step.Text+step.Run, "green")
				assert.NotContains(t, step.Run, "helm upgrade --install b ")
			}
			assert.Contains(t, result.Report(), "this command installs another control plane")
			if name != "of LightStep's too" {
				assert.NotContains(t, string(result.Values), "7")
				assert.Contains(t, string(result.Documents[0].After), "raceSampling=7")
			}
		})
	}
}

// TestRevisionTagsAreNamed: the release of the new control plane could not make those of the old one.
func TestRevisionTagsAreNamed(t *testing.T) {
	t.Parallel()
	const values = "revisionTags: [prod]\nmeshConfig:\n  defaultProviders: {tracing: [ls]}\n  extensionProviders:\n  - name: ls\n    lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "values.yaml", Data: []byte(values)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	named := slices.ContainsFunc(result.Steps, func(step migrate.Step) bool {
		return strings.Contains(step.Text, "`revisionTags` (values.yaml:1)") && strings.Contains(step.Text, "Leave out revisionTags")
	})
	assert.True(t, named)
}
