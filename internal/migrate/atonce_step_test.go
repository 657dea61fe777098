package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// proxied answers as kubectl does: pods with their containers, of which one may not be
// entered. It writes down which are.
const proxied = `#!/bin/sh
case "$*" in
  "get pods -A -l istio "*) printf '%s\t\t/\t %s\t%s\t \t\t\n' 'istio-system gateway-0' istio-proxy '' 'istio-system istiod-0' discovery '' 'shop gateway-1' 'istio-proxy app' default 'shop gateway-2' istio-proxy '' 'bank gateway-9' istio-proxy other ;;
  "get pods -A -l gateway.networking.k8s.io/gateway-name "*) printf 'shop shop-gateway-3\t\t/\t istio-proxy\t\t \t\t\n' ;;
  "get pods -n istio-system "*) printf '%s\t\t/%s\t %s\t\t \t\t\n' 'istio-system gateway-0' '' istio-proxy 'istio-system kiali-4' kiali 'kiali istio-proxy' 'istio-system ztunnel-5' ztunnel istio-proxy ;;
  "exec -n shop gateway-1 "*) exit 1 ;;
  "exec "*) echo "$*" >>entered ;;
esac
`

// TestProxiesSendAtOnceBeforeTheyEnd: a proxy that cannot be told is named, and stops
// neither the others nor the step. Those of another control plane are left alone.
func TestProxiesSendAtOnceBeforeTheyEnd(t *testing.T) {
	t.Parallel()
	const provider = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    defaultProviders: {tracing: [old]}\n" +
		"    extensionProviders:\n    - name: old\n      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(provider)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	commands := stepOf(t, result.Steps, func(step migrate.Step) bool { return strings.Contains(step.Run, "at_once() {") })
	before, install, found := strings.Cut(commands, "\n\"$ISTIOCTL\" install")
	require.True(t, found, "proxies are told before the installation: %s", commands)
	dir := t.TempDir()
	said, err := withKubectl(t, dir, proxied, "ISTIOCTL=true", findsProxies(result.Steps)+"set -e\nsleep() { :; }\n"+before+"\n\"$ISTIOCTL\" install"+install)
	require.NoError(t, err, "%s", said)
	assert.Equal(t, "gateway-1 of shop may drop its last spans\n", said)
	entered, err := os.ReadFile(filepath.Join(dir, "entered"))
	require.NoError(t, err)
	const told = " -c istio-proxy -- pilot-agent request POST runtime_modify?tracing.opentelemetry.min_flush_spans=1\n"
	assert.Equal(t, "exec -n istio-system gateway-0"+told+"exec -n istio-system kiali-4"+told+"exec -n shop gateway-2"+told+"exec -n shop shop-gateway-3"+told, string(entered))
}
