package images

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func TestTableIsWhole(t *testing.T) {
	all, err := Table()
	require.NoError(t, err)
	root, err := repository()
	require.NoError(t, err)
	for _, image := range all {
		if image.Module != "" {
			assert.FileExists(t, filepath.Join(root, image.Module, "go.mod"), image.Name)
		}
	}
}

// TestOwnTag holds the table's tag to what the chart would deploy.
func TestOwnTag(t *testing.T) {
	root, err := repository()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(root, "charts", "istio-lightstep", "Chart.yaml"))
	require.NoError(t, err)
	var chart struct {
		AppVersion string `json:"appVersion"`
	}
	require.NoError(t, yaml.Unmarshal(text, &chart))
	own, err := Select("istio-lightstep")
	require.NoError(t, err)
	require.Len(t, own, 1)
	assert.Equal(t, chart.AppVersion, own[0].Tag())
}

// TestJarsAreOfTheirTags: Renovate moves the tag alone. The jar and its hash are
// for a person to write.
func TestJarsAreOfTheirTags(t *testing.T) {
	all, err := Table()
	require.NoError(t, err)
	jars := 0
	for _, image := range all {
		if image.Jar != nil {
			jars++
			assert.Contains(t, image.Jar.Artifact, ":"+image.Tag()+":", "%s: move jar.artifact to the tag, and jar.sha256 to its hash", image.Name)
		}
	}
	assert.Equal(t, 1, jars)
}

func TestTableTellsAllThatIsWrong(t *testing.T) {
	_, err := parseTable([]byte(`images:
- {name: example.com/a, for: x, build: bookinfo, module: m}
- {name: "example.com/b:1", build: bookinfo, module: m}
- {name: "example.com/c:1", for: x, build: brew}
- {name: "example.com/d:1", for: x, build: pilot}
- {name: "example.com/e:1", for: x, build: proxyv2, module: m}
- {name: "example.com/f:1", for: x, build: node}
- {name: "example.com/f:1", for: x, build: node}
`))
	require.Error(t, err)
	for _, want := range []string{
		"images[0] example.com/a: name has no tag",
		"images[1] example.com/b:1: for is missing",
		`images[2] example.com/c:1: no build "brew"`,
		`images[3] example.com/d:1: build pilot and module "" do not go together`,
		"images[4] example.com/e:1: build proxyv2 takes other fields",
		"images[6] example.com/f:1: listed twice",
	} {
		assert.ErrorContains(t, err, want)
	}
	_, err = parseTable([]byte("images: [{name: \"a:1\", four: x}]"))
	assert.ErrorContains(t, err, "four")
}

func TestSelect(t *testing.T) {
	tests := map[string]struct {
		names []string
		want  []string
	}{
		"full name": {[]string{"docker.io/istio/pilot:1.28.2"}, []string{"docker.io/istio/pilot:1.28.2"}},
		"last part": {[]string{"zipkin:3.5.1"}, []string{"docker.io/openzipkin/zipkin:3.5.1"}},
		"no tag, and the table's order": {[]string{"zipkin", "pilot", "pilot:1.20.0"}, []string{
			"docker.io/istio/pilot:1.31.0", "docker.io/istio/pilot:1.28.2", "docker.io/istio/pilot:1.20.0",
			"docker.io/openzipkin/zipkin:3.5.1",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			chosen, err := Select(test.names...)
			require.NoError(t, err)
			assert.Equal(t, test.want, namesOf(chosen))
		})
	}
	_, err := Select("pilot", "jaeger", "pilot:0.1")
	require.ErrorContains(t, err, "no image jaeger, pilot:0.1 in images.yaml")
	assert.ErrorContains(t, err, "docker.io/openzipkin/zipkin:3.5.1", "it names what there is")
}
