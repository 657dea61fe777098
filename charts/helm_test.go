package charts_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

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

// helmVariables name the binaries in the environment: Helm 3's, and with the
// build tag helm4 Helm 4's too.
var helmVariables = []string{"HELM3"}

// helms are the real Helm binaries that `make test` names, by environment variable.
func helms(t *testing.T) map[string]string {
	t.Helper()
	named := map[string]string{}
	for _, variable := range helmVariables {
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
	return objectsIn(t, printed), ""
}

// objectsIn are the objects of a stream of documents, by kind and name.
func objectsIn(t *testing.T, printed []byte) map[string]*unstructured.Unstructured {
	t.Helper()
	objects := map[string]*unstructured.Unstructured{}
	for _, document := range bytes.Split(printed, []byte("\n---\n")) {
		object := &unstructured.Unstructured{}
		require.NoError(t, yaml.Unmarshal(document, &object.Object), "%s", document)
		if len(object.Object) > 0 {
			objects[object.GetKind()+" "+object.GetName()] = object
		}
	}
	return objects
}

func field(t *testing.T, object *unstructured.Unstructured, path ...string) string {
	t.Helper()
	require.NotNil(t, object)
	value, found, err := unstructured.NestedString(object.Object, path...)
	require.NoError(t, err)
	require.True(t, found, "%s has no %v", object.GetName(), path)
	return value
}
