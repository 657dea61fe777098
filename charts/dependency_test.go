package charts_test

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
)

// parent is a folder with testdata/parent and our chart among its dependencies.
func parent(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "platform")
	require.NoError(t, os.CopyFS(folder, os.DirFS("testdata/parent")))
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(filepath.Join(folder, "charts", "istio-lightstep"), chart))
	return folder
}

// helms are the real Helm binaries that `make test` names, by environment variable.
func helms(t *testing.T) map[string]string {
	t.Helper()
	named := map[string]string{}
	for _, variable := range []string{"HELM3", "HELM4"} {
		named[variable] = os.Getenv(variable)
		require.NotEmpty(t, named[variable], "%s must name a Helm binary, as `make test` does", variable)
	}
	return named
}

// template is what `helm template` prints, by kind and name, or what it fails with.
func template(t *testing.T, helm, chart string, arguments ...string) (objects map[string]*unstructured.Unstructured, failure string) {
	t.Helper()
	arguments = append([]string{"template", "platform", chart, "--namespace", "istio-system", "--kube-version", "1.34.0"}, arguments...)
	command := exec.CommandContext(t.Context(), helm, arguments...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	printed, err := command.Output()
	if err != nil {
		return nil, stderr.String()
	}
	objects = map[string]*unstructured.Unstructured{}
	for _, document := range bytes.Split(printed, []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		require.NoError(t, yaml.Unmarshal(document, &object.Object), "%s", document)
		if len(object.Object) > 0 {
			objects[object.GetKind()+" "+object.GetName()] = object
		}
	}
	return objects, ""
}

func field(t *testing.T, object *unstructured.Unstructured, path ...string) string {
	t.Helper()
	require.NotNil(t, object)
	value, found, err := unstructured.NestedString(object.Object, path...)
	require.NoError(t, err)
	require.True(t, found, "%s has no %v", object.GetName(), path)
	return value
}

func TestDependencyTakesGlobalValues(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart)
			require.Empty(t, failure)
			assert.Contains(t, objects, "ConfigMap team")
			assert.Contains(t, objects, "Telemetry platform-istio-lightstep")
			assert.Equal(t, base64.StdEncoding.EncodeToString([]byte("MARKER-token-5d1c")),
				field(t, objects["Secret platform-istio-lightstep-access-token"], "data", "token"))
			assert.Contains(t, field(t, objects["ConfigMap platform-istio-lightstep-collector"], "data", "config.yaml"), `"ingest.lightstep.com:443"`)
		})
	}
}

func TestDependencyIsLeftOutByItsCondition(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			// What would be refused is not even asked for.
			objects, failure := template(t, helm, chart, "--set", "istio-lightstep.enabled=false,global.tracer.lightstep.address=")
			require.Empty(t, failure)
			assert.Len(t, objects, 1)
			assert.Contains(t, objects, "ConfigMap team")
		})
	}
}

func TestDependencyRefusesForItsParent(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart, "--set", "istio-lightstep.istio.version=1.32.0,global.tracer.lightstep.address=")
			assert.Empty(t, objects)
			assert.Contains(t, failure, "2 things to mend")
			assert.Contains(t, failure, "LS-ISTIO-VERSION-NEW")
			assert.Contains(t, failure, "LS-ADDRESS-MISSING")
			assert.NotContains(t, failure, "MARKER")
		})
	}
}

func TestDependencyTwiceByAlias(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart, "--set", "canary-tracing.enabled=true")
			require.Empty(t, failure)
			first, second := objects["Telemetry platform-istio-lightstep"], objects["Telemetry platform-canary-tracing"]
			require.NotNil(t, first)
			require.NotNil(t, second)
			assert.Empty(t, first.GetLabels()["istio.io/rev"])
			assert.Equal(t, "canary", second.GetLabels()["istio.io/rev"])
			// Each Service finds the pods of its own collector alone.
			one, _, _ := unstructured.NestedStringMap(objects["Service platform-istio-lightstep-collector"].Object, "spec", "selector")
			two, _, _ := unstructured.NestedStringMap(objects["Service platform-canary-tracing-collector"].Object, "spec", "selector")
			assert.NotEmpty(t, one)
			assert.NotEqual(t, one, two)
		})
	}
}

// A pod reads its configuration, CA and environment at its start alone.
func TestCollectorRestartsForWhatItReadsAtItsStart(t *testing.T) {
	chart := parent(t)
	const secure = "global.tracer.lightstep.cacertPath=/etc/lightstep/cacert.pem,istio-lightstep.cacert.pem="
	const clear = "global.tracer.lightstep.secure=false,global.tracer.lightstep.accessToken="
	certificate := func(body string) string {
		return secure + "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n"
	}
	helm := helms(t)["HELM3"]
	pod := func(values string) map[string]string {
		objects, failure := template(t, helm, chart, "--set", values)
		require.Empty(t, failure)
		annotations, _, err := unstructured.NestedStringMap(objects["StatefulSet platform-istio-lightstep-collector"].Object, "spec", "template", "metadata", "annotations")
		require.NoError(t, err)
		return annotations
	}
	for name, change := range map[string]struct {
		before, after string
		restarts      bool
	}{
		"configuration":       {"istio-lightstep.collector.queue.size=10", "istio-lightstep.collector.queue.size=20", true},
		"CA":                  {certificate("AAAA"), certificate("BBBB"), true},
		"token sent in clear": {clear + "one", clear + "two", true},
		"number of replicas":  {"istio-lightstep.collector.replicas=2", "istio-lightstep.collector.replicas=3", false},
		"nothing":             {clear + "one", clear + "one", false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, change.restarts, !maps.Equal(pod(change.before), pod(change.after)))
		})
	}
}
