package settings_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

type tree = map[string]any

func suites() tree {
	return tree{
		"global": tree{"tracer": tree{"lightstep": tree{"address": "satellite:9292", "accessToken": "suite's"}}},
		"cacert": tree{"pem": "suite's"}, "collector": tree{"replicas": 2},
	}
}

// README's recommended values name the Secret of the token: two tokens are refused.
func TestAUsersFileIsLastAndUnchanged(t *testing.T) {
	t.Parallel()
	own := suites()
	under, secrets, err := settings.Under(own, []byte("accessTokenFrom: {name: lightstep-access-token}\n"))
	require.NoError(t, err)
	assert.Equal(t, settings.Secrets{Token: "lightstep-access-token", TokenKey: "token"}, secrets)
	want := suites()
	delete(want["global"].(tree)["tracer"].(tree)["lightstep"].(tree), "accessToken")
	assert.Equal(t, want, under)
	assert.Equal(t, suites(), own, "the suite's own stay as they are")

	under, secrets, err = settings.Under(suites(), []byte("cacert: {existingSecret: {name: mine, key: ca.crt}}\n"))
	require.NoError(t, err)
	assert.Equal(t, settings.Secrets{CA: "mine", CAKey: "ca.crt"}, secrets)
	assert.Empty(t, under["cacert"])

	under, secrets, err = settings.Under(suites(), []byte("collector: {replicas: 3}\n"))
	require.NoError(t, err)
	assert.Equal(t, suites(), under)
	assert.Zero(t, secrets)
	_, _, err = settings.Under(suites(), []byte("{"))
	require.ErrorContains(t, err, "E2E_VALUES")
}
