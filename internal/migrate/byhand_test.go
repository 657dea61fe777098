package migrate_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/internal/presets"
)

// TestTheSecretHoldsWhatThePresetSays: the value behind a prefix is not always the
// bare token, and docs/backends.md says the same.
func TestTheSecretHoldsWhatThePresetSays(t *testing.T) {
	t.Parallel()
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "backends.md"))
	require.NoError(t, err)
	all, err := presets.Load()
	require.NoError(t, err)
	said := 0
	for _, p := range all {
		if len(p.Headers) == 0 || p.ID == "lightstep" {
			continue
		}
		report := move(t, "1.28", migrate.Backend{Name: p.ID}, migrate.Source{Name: "mine.yaml", Data: []byte(changed)}).Report()
		holds := "the token of backend " + p.ID
		if p.Holds != "" {
			holds = p.Holds
			assert.Contains(t, strings.ReplaceAll(string(docs), "`", ""), "The Secret contains "+holds, p.ID)
			assert.NotContains(t, report, "the token of backend")
			said++
		}
		for _, header := range p.Headers { // a vendor shows the header, of which the Secret has a part
			if header.Prefix != nil && *header.Prefix != "" {
				holds += " (the text after `" + *header.Prefix + "`, where the vendor shows the whole header)"
			}
		}
		assert.Contains(t, report, "where FILE holds "+holds+" and no line break", p.ID)
		assert.Regexp(t, "with the key [-a-z]+: "+regexp.QuoteMeta(holds)+",", report, p.ID)
	}
	assert.GreaterOrEqual(t, said, 3)
}

// TestABackendWithoutAPresetIsGuessed names the preset that may be meant.
func TestABackendWithoutAPresetIsGuessed(t *testing.T) {
	t.Parallel()
	for name, meant := range map[string]string{
		"grafana": "grafana-cloud", "newrelic": "new-relic", "honeycomb-eu": "honeycomb", "aws": "aws-xray", "ours": "", "tracing": "",
	} {
		report := move(t, "1.28", migrate.Backend{Name: name}, migrate.Source{Name: "mine.yaml", Data: []byte(changed)}).Report()
		assert.Equal(t, meant != "", strings.Contains(report, "(did you mean --backend "+meant+"?)"), "%s:\n%s", name, report)
	}
}

// TestAValueIsChangedInEveryFile: the steps use one file after the other.
func TestAValueIsChangedInEveryFile(t *testing.T) {
	t.Parallel()
	source := migrate.Source{Name: "mine.yaml", Data: []byte(changed)}
	const all = "Change a value in all of values.yaml, values-drain.yaml and values-after.yaml"
	assert.Contains(t, move(t, "1.28", migrate.Backend{Name: "honeycomb"}, source).Report(), all)
	assert.NotContains(t, move(t, "1.28", migrate.Backend{Name: "honeycomb", Alone: true}, source).Report(), all)
}

// TestADrainThatDoesNotEndHasAWayOut names the value that gives the queue up.
func TestADrainThatDoesNotEndHasAWayOut(t *testing.T) {
	t.Parallel()
	result := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(changed)})
	for _, step := range result.Steps {
		if strings.HasPrefix(step.Text, "Drain:") {
			assert.Contains(t, step.Text, "`--set 'collector.queue.abandon={otlp_grpc/lightstep}'`")
			return
		}
	}
	t.Fatal("there is no drain")
}

// TestPlainTextToAServiceOfTheCluster: Istio's proxies speak TLS only where a
// DestinationRule says so, and a test finds out before the switch.
func TestPlainTextToAServiceOfTheCluster(t *testing.T) {
	t.Parallel()
	for host, secure := range map[string]bool{
		"satellite.lightstep.svc.cluster.local": false, "satellite.lightstep.svc": false, "satellite": false, "satellite.example.com": true,
	} {
		document := strings.Replace(strings.Replace(exampleInput, "ingest.lightstep.com", host, 1), "port: 443", "port: 9292", 1)
		result := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(document)})
		assert.Equal(t, !secure, strings.Contains(string(result.Values), "secure: false"), "%s\n%s", host, result.Values)
		assert.Equal(t, !secure, strings.Contains(string(result.Drained), "insecure: true"), host)
		tested := false
		for _, step := range result.Steps {
			if strings.Contains(step.Run, "helm test istio-lightstep -n istio-system") {
				tested = true
				assert.Contains(t, step.Text, "speaks TLS was guessed", host)
			}
			if strings.Contains(step.Run, "delete telemetry -A") {
				assert.True(t, tested, "%s: before the switch", host)
			}
		}
		assert.True(t, tested, host)
		rule := "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: a, namespace: istio-system}\nspec:\n  host: " + host + "\n  trafficPolicy: {tls: {mode: SIMPLE}}\n"
		result = move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(document + rule)})
		assert.NotContains(t, string(result.Values), "secure: false", host)
		for _, step := range result.Steps {
			assert.NotContains(t, step.Text, "was guessed", host)
		}
	}
}

// TestCommandsNameFilesOfOneInstaller: istioctl takes no values of Helm and no object of
// Argo CD.
func TestCommandsNameFilesOfOneInstaller(t *testing.T) {
	t.Parallel()
	helm := migrate.Source{Name: "old19.yaml", Data: []byte("global: {proxy: {tracer: lightstep}, tracer: {lightstep: {address: 'a.lightstep:443', accessToken: 31a5e7f09b2c4d68}}}\n")}
	argo := migrate.Source{Name: "argo.yaml", Data: []byte("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: istiod, namespace: argocd}\nspec:\n  source:\n    chart: istiod\n" +
		"    helm:\n      values: |\n        pilot: {traceSampling: 20}\n        global: {proxy: {tracer: lightstep}}\n")}
	iop := migrate.Source{Name: "mine.yaml", Data: []byte(pinned)}
	for _, c := range []struct {
		sources       []migrate.Source
		install, none string
	}{
		{[]migrate.Source{iop, helm, argo}, " -f mine.yaml -f lightstep.yaml\n", "old19.yaml, argo.yaml is for another program"},
		{[]migrate.Source{argo, helm}, "", "argo.yaml is for another program"},
		{[]migrate.Source{iop}, " -f mine.yaml -f lightstep.yaml\n", ""},
	} {
		result, err := migrate.Migrate(t.Context(), c.sources, migrate.Options{To: "1.28", Dir: "out"})
		require.NoError(t, err)
		text, commands := "", ""
		for _, step := range result.Steps {
			text, commands = text+step.Text, commands+step.Run+"\n"
		}
		assert.Contains(t, commands, c.install)
		if c.none == "" {
			assert.NotContains(t, text, "another program")
			continue
		}
		assert.Contains(t, text, c.none)
		assert.NotContains(t, commands, "argo.yaml")
		if c.install != "" {
			assert.NotContains(t, commands, "old19.yaml")
		}
	}
}
