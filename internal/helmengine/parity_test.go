//go:build parity

package helmengine

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// helmTemplate runs the real `helm template` that HELM3 names.
func helmTemplate(t *testing.T, args ...string) string {
	t.Helper()
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must name a helm v3.22.0 binary")
	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), helm, append([]string{"template", "rel", fixtureDir, "-n", "ns", "--kube-version", "v1.34.0"}, args...)...)
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, "%s", &stderr)
	return string(out)
}

// decode reads a values file as Helm does.
func decode(t *testing.T, text string) map[string]any {
	t.Helper()
	values := map[string]any{}
	require.NoError(t, yaml.Unmarshal([]byte(text), &values))
	return values
}

func TestHelmTemplatePrintsTheSame(t *testing.T) {
	const (
		first  = "name: file\ntable:\n  dropped: null\n  one: 1\nlist: [x]\n"
		second = "table:\n  one: {two: 2}\n  kept: [1, 0123]\nnothing: 1e3\n"
	)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	one, two, pem := write("1.yaml", first), write("2.yaml", second), write("pem", "line\nline\n")
	c := loadFixture(t)

	for name, test := range map[string]struct {
		args   []string
		values func(values map[string]any) error
	}{
		"defaults": {nil, func(map[string]any) error { return nil }},
		"set": {[]string{"--set", "count=4,table.a=5,table.b=1e3,table.c=0123,table.d=null,table.e={x,y},list[2]=z"}, func(v map[string]any) error {
			return Set("--set", "count=4,table.a=5,table.b=1e3,table.c=0123,table.d=null,table.e={x,y},list[2]=z", v, nil)
		}},
		"set-string":  {[]string{"--set-string", "count=2,table.a=5"}, func(v map[string]any) error { return Set("--set-string", "count=2,table.a=5", v, nil) }},
		"set-json":    {[]string{"--set-json", `table.a={"x":[1,"2",null]}`}, func(v map[string]any) error { return Set("--set-json", `table.a={"x":[1,"2",null]}`, v, nil) }},
		"set-literal": {[]string{"--set-literal", `table.a={x,y}\,z`}, func(v map[string]any) error { return Set("--set-literal", `table.a={x,y}\,z`, v, nil) }},
		"set-file":    {[]string{"--set-file", "table.pem=" + pem}, func(v map[string]any) error { return Set("--set-file", "table.pem="+pem, v, os.ReadFile) }},
		"two files": {[]string{"-f", one, "-f", two}, func(v map[string]any) error {
			merged := MergeFile(decode(t, first), decode(t, second))
			for key, value := range merged {
				v[key] = value
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			user := map[string]any{}
			require.NoError(t, test.values(user))
			out, err := c.Render(t.Context(), input(t, c, user))
			require.NoError(t, err)
			assert.Equal(t, helmTemplate(t, test.args...), string(YAML(out)))
		})
	}
}
