package conformance_test

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// namedPool is a satellite whose certificate is for another name than its address, and
// the name that a collector last asked for.
func namedPool(t *testing.T, folder string) (pool *satellitePool, asked *atomic.Value) {
	t.Helper()
	pool, asked = newSatellite(t, folder, false), &atomic.Value{}
	authority, certificate := newCertificate(t)
	require.NoError(t, os.WriteFile(filepath.Join(folder, caFile), authority, 0o600))
	pool.options = append(pool.options, grpc.Creds(credentials.NewTLS(&tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			asked.Store(hello.ServerName)
			return &certificate, nil
		},
	})))
	mountSecret(t, filepath.Join(folder, "access-token"), "token", tokenMarker)
	return pool, asked
}

// TestCollectorAsksForAnotherName has collector.tls.serverName sent and verified.
func TestCollectorAsksForAnotherName(t *testing.T) {
	for name, right := range map[string]bool{"otlp.internal.example.com": true, "elsewhere.example.com": false} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			pool, asked := namedPool(t, folder)
			pool.start(t)
			collector := startCollectorWith(t, folder, pool.address, true, []render.Source{render.Set("collector.tls.serverName=" + name)})
			collector.send(t, "named")
			require.Eventually(t, func() bool { return asked.Load() == name }, time.Minute, 20*time.Millisecond, "the name is asked for")
			if right {
				pool.wantSpan(t, "named", tokenMarker)
				return
			}
			assert.Never(t, func() bool { return pool.token(t, "named") != "" }, 2*time.Second, 100*time.Millisecond,
				"the certificate is for another name")
		})
	}
}

// TestCollectorTrustsPublicAuthorities has no cacertPath: the collector trusts what its
// image's system trusts, which is a file here, and no other.
func TestCollectorTrustsPublicAuthorities(t *testing.T) {
	for name, trusted := range map[string]bool{"of the system": true, "of nobody": false} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			pool, asked := namedPool(t, folder)
			pool.start(t)
			authority, err := os.ReadFile(filepath.Join(folder, caFile))
			require.NoError(t, err)
			if !trusted {
				authority, _ = newCertificate(t)
			}
			system := filepath.Join(t.TempDir(), "system.pem")
			require.NoError(t, os.WriteFile(system, authority, 0o600))
			collector := configureCollector(t, folder, pool.address, true, []render.Source{
				render.SetString("global.tracer.lightstep.cacertPath="), render.SetString("cacert.pem="), render.Set("collector.tls.serverName=otlp.internal.example.com"),
			})
			collector.env = append(collector.env, "SSL_CERT_FILE="+system, "SSL_CERT_DIR="+t.TempDir())
			collector.start(t)
			collector.reached(t).send(t, "public")
			require.Eventually(t, func() bool { return asked.Load() != nil }, time.Minute, 20*time.Millisecond)
			if trusted {
				pool.wantSpan(t, "public", tokenMarker)
				return
			}
			assert.Never(t, func() bool { return pool.token(t, "public") != "" }, 2*time.Second, 100*time.Millisecond)
		})
	}
}

// TestAKilledCollectorKeepsItsQueue kills a collector whose spans wait: the next one
// delivers them, also with persistence.enabled false, where the queue's folder is that of
// the pod and ends with the pod.
func TestAKilledCollectorKeepsItsQueue(t *testing.T) {
	for name, enabled := range map[string]string{"volume": "true", "pod": "false"} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			pool := newSatellite(t, folder, true) // away
			mountSecret(t, filepath.Join(folder, "access-token"), "token", tokenMarker)
			collector := configureCollector(t, folder, pool.address, true, []render.Source{render.Set("collector.persistence.enabled=" + enabled)})
			process := collector.start(t)
			collector.reached(t).send(t, "waits")
			process.Kill()
			<-process.Exited()
			pool.start(t)
			collector.start(t)
			pool.wantSpan(t, "waits", tokenMarker)
		})
	}
}
