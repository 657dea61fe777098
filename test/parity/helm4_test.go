//go:build helm4

package parity

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

const root = "../.."

func TestHelm4RendersTheSameObjects(t *testing.T) {
	helm, kubeVersion := os.Getenv("HELM4"), os.Getenv("KUBE_VERSION")
	require.NotEmpty(t, helm, "HELM4 must name a helm 4 binary, as `make test-all` does")
	require.NotEmpty(t, kubeVersion, "KUBE_VERSION must be that of the goldens, as `make test` sets it")
	files, err := filepath.Glob(filepath.Join(root, "examples", "*", "rendered", "*.*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)

	for _, file := range files {
		folder := filepath.Dir(filepath.Dir(file))
		output := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		t.Run(filepath.Base(folder)+"/"+output, func(t *testing.T) {
			t.Parallel()
			want, err := eras.Golden(folder, output)
			require.NoError(t, err)
			command := exec.CommandContext(t.Context(), helm, "template", "istio-lightstep",
				filepath.Join(root, "charts", "istio-lightstep"), "--namespace", "istio-system",
				"--kube-version", kubeVersion, "-f", filepath.Join(folder, "values.yaml"), "--set", "output="+output)
			var refused bytes.Buffer
			command.Stderr = &refused
			got, err := command.Output()
			require.NoError(t, err, "%s", &refused)
			assert.ElementsMatch(t, objects(t, want), objects(t, got))
			// Between the objects of one file Helm 4 keeps a line end that Helm 3 does not.
			text := strings.ReplaceAll(string(got), "\n\n---\n# Source: istio-lightstep/templates/secrets/cacert.yaml", "")
			assert.NotRegexp(t, `\n\s*\n(---|$)`, text, "a file ends with its last character")
		})
	}
}

var separator = regexp.MustCompile(`(?m)^---\s*$`)

// objects decodes every document of a rendered manifest that holds anything.
func objects(t *testing.T, manifest []byte) []map[string]any {
	t.Helper()
	var decoded []map[string]any
	for _, document := range separator.Split(string(manifest), -1) {
		var object map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(document), &object))
		if object != nil {
			decoded = append(decoded, object)
		}
	}
	require.NotEmpty(t, decoded)
	return decoded
}
