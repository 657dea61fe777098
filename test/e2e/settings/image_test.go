package settings_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

const pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"

// What the suite installs has the project's own image where docs/testing.md says so, and
// nowhere else. The pod of helm test is for items that a cluster of the user's skips.
func TestWhereTheOwnImageIsNeeded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"no file":           {"", []string{"drain"}},
		"a Secret's token":  {"accessTokenFrom: {name: token}\n", []string{"drain"}},
		"a Secret's CA":     {"cacert: {existingSecret: {name: ca}}\n", []string{"drain", "reload"}},
		"another satellite": {"global: {tracer: {lightstep: {address: 'other.example:443'}}}\naccessTokenFrom: {name: token}\n", []string{"drain", "reload"}},
		"without the Job":   {"collector: {drain: {enabled: false}}\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, own(t, c.file))
		})
	}
	page, err := os.ReadFile("../../../docs/testing.md")
	require.NoError(t, err)
	sentence := regexp.MustCompile(`The project's own image is needed [^.]*\.[^.]*\.`).FindString(strings.ReplaceAll(string(page), "\n", " "))
	var named []string
	for _, found := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(sentence, -1) {
		named = append(named, found[1])
	}
	assert.Equal(t, []string{"drain", "reload"}, named, "docs/testing.md: %s", sentence)
}

// own renders what the suite installs with a user's file, and names the containers that
// have the project's own image.
func own(t *testing.T, file string) []string {
	t.Helper()
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must hold the path of a helm binary; `make test` sets it")
	under, _, err := settings.Under(settings.Values("satellite.lightstep:9292", "token", pem, "100Mi"), []byte(file))
	require.NoError(t, err)
	text, err := yaml.Marshal(under)
	require.NoError(t, err)
	folder := t.TempDir()
	suites, users := filepath.Join(folder, "suite.yaml"), filepath.Join(folder, "user.yaml")
	require.NoError(t, os.WriteFile(suites, text, 0o600))
	require.NoError(t, os.WriteFile(users, []byte(file), 0o600))
	rendered, err := exec.CommandContext(t.Context(), helm, "template", "istio-lightstep", "../../../charts/istio-lightstep",
		"-n", "istio-system", "--set", "istio.version="+settings.Known[0].Version, "-f", suites, "-f", users).CombinedOutput()
	require.NoError(t, err, "%s", rendered)
	var names []string
	for document := range strings.SplitSeq(string(rendered), "\n---\n") {
		if strings.Contains(document, "helm.sh/hook: test") {
			continue
		}
		var object any
		require.NoError(t, yaml.Unmarshal([]byte(document), &object))
		names = append(names, containers(object)...)
	}
	slices.Sort(names)
	return names
}

// containers names those that have the project's own image, wherever they are.
func containers(value any) []string {
	var names []string
	switch value := value.(type) {
	case tree:
		if image, _ := value["image"].(string); strings.Contains(image, "/istio-lightstep:") {
			names = append(names, value["name"].(string))
		}
		for _, below := range value {
			names = append(names, containers(below)...)
		}
	case []any:
		for _, below := range value {
			names = append(names, containers(below)...)
		}
	}
	return names
}
