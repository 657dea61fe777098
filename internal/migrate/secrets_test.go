package migrate_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestResultShowsNoSecret prints a result in every way that one may by mistake.
func TestResultShowsNoSecret(t *testing.T) {
	result := migrated(t, "istio.yaml", "1.28")
	encoded, err := json.Marshal(result)
	require.NoError(t, err)
	for _, text := range []string{
		fmt.Sprint(result), fmt.Sprintf("%+v", *result), fmt.Sprintf("%#v", result), fmt.Sprint(result.LogValue()), string(encoded), result.Report(),
	} {
		assert.NotContains(t, text, "t0kz9d6b7a1e4c52")
	}
	require.Contains(t, string(result.Secret), "t0kz9d6b7a1e4c52")
	diff := result.Diff(result.Documents[0])
	assert.Contains(t, diff, "accessToken: [redacted]")
}
