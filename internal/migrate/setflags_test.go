package migrate_test

import (
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
