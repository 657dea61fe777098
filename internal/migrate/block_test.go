package migrate

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// TestBlocksKeepTheText: what people typed into a ConfigMap is read as it is.
func TestBlocksKeepTheText(t *testing.T) {
	for _, text := range []string{
		"", "a", "a\n", "a\n\n", "\n", " a\n", "\ta: b\n", "a:\n\n\n  b: c\n", "a\n   \nb\n", "a\n      \nb\n", "a\n\t\nb\n", "a\n ",
		"---\na: b\n", "a\n---\nb", "# c\n  a: 1\n", "a: \x07\n", "a\u2028b\n", "\ufeffa: b\n",
		"a\r---\rb: c\n", "a\r", "\ra\n", "a\r\r\n", "exporters: lightstep\r  other: b\rkind: ServiceEntry\n",
	} {
		var read struct{ Data map[string]string }
		require.NoError(t, yaml.Unmarshal(block(map[string]string{"mesh": text}), &read), "%q", text)
		assert.Equal(t, map[string]string{"mesh": text}, read.Data, "%q", text)
	}
}
