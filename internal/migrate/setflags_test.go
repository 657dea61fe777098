package migrate_test

import (
	"slices"
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

// TestFlagsOfTheUsersCommandAreKept: an installation without them would take back what they set.
func TestFlagsOfTheUsersCommandAreKept(t *testing.T) {
	t.Parallel()
	const mesh = "meshConfig:\n  accessLogFile: /dev/stdout\n  defaultProviders: {tracing: [spans]}\n  extensionProviders:\n  - name: spans\n    lightstep: {service: ingest.lightstep.com, port: 443}\n"
	const token = " --set meshConfig.extensionProviders[0].lightstep.accessToken=f4c19a7be02d8356"
	for name, c := range map[string]struct {
		command     string
		file        bool
		asked       []string
		first, last string
	}{
		"some stay":  {"helm upgrade istiod istio/istiod -f mesh.yaml --set pilot.autoscaleMin=3" + token, true, []string{"FLAGS", "FLAGS_WITHOUT"}, ` "${FLAGS[@]}" -f mesh.yaml`, ` "${FLAGS_WITHOUT[@]}" -f out/mesh.yaml`},
		"all stay":   {"helm upgrade istiod istio/istiod -f mesh.yaml --set pilot.autoscaleMin=3", true, []string{"FLAGS"}, ` "${FLAGS[@]}" -f mesh.yaml`, ` "${FLAGS[@]}" -f out/mesh.yaml`},
		"none stays": {"helm upgrade istiod istio/istiod -f mesh.yaml" + token, true, []string{"FLAGS"}, ` "${FLAGS[@]}" -f mesh.yaml`, `--wait -f out/mesh.yaml`},
		"flags alone": {
			"istioctl install --set hub=example.com/istio --set meshConfig.defaultProviders.tracing[0]=spans --set meshConfig.extensionProviders[0].name=spans" +
				" --set meshConfig.extensionProviders[0].lightstep.service=ingest.lightstep.com --set meshConfig.extensionProviders[0].lightstep.port=443" + token, false,
			[]string{"FLAGS", "FLAGS_WITHOUT"},
			`install -y "${FLAGS[@]}" -f lightstep.yaml`, `install -y "${FLAGS_WITHOUT[@]}" -f lightstep.yaml`,
		},
		"a file that was not given": {
			"istioctl install -f other.yaml --set hub=example.com/istio --set meshConfig.defaultProviders.tracing[0]=spans" +
				" --set meshConfig.extensionProviders[0].name=spans --set meshConfig.extensionProviders[0].lightstep.service=ingest.lightstep.com --set meshConfig.extensionProviders[0].lightstep.port=443" + token, false,
			[]string{"FLAGS", "FLAGS_WITHOUT", "YOURS", "YOURS_WITHOUT"},
			`install -y "${FLAGS[@]}" -f "$YOURS" -f lightstep.yaml`, `install -y "${FLAGS_WITHOUT[@]}" -f "$YOURS_WITHOUT" -f lightstep.yaml`,
		},
		"a revision alone": {"istioctl install --revision blue -f mesh.yaml", true, nil, "install -y --revision blue -f mesh.yaml", "install -y --revision blue -f out/mesh.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sources := []migrate.Source{{Name: "install.sh", Data: []byte(c.command + "\n")}}
			if c.file {
				text := mesh
				if strings.HasPrefix(c.command, "istioctl") {
					text = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  " + strings.ReplaceAll(mesh, "\n", "\n  ") + "\n"
				}
				sources = append(sources, migrate.Source{Name: "mesh.yaml", Data: []byte(text)})
			}
			commands := commandsOf(t, "out", sources...)
			for _, variable := range []string{"FLAGS", "FLAGS_WITHOUT", "YOURS", "YOURS_WITHOUT"} {
				if slices.Contains(c.asked, variable) {
					assert.Contains(t, commands, `"${`+variable+":?")
				} else {
					assert.NotContains(t, commands, `"${`+variable+":?")
				}
			}
			assert.Contains(t, commands, c.first)
			assert.Contains(t, commands, c.last)
		})
	}
}
