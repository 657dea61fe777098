package mesh

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// endless gives comments without end.
type endless struct{}

func (endless) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = '#'
	}
	return len(into), nil
}

// Aliases of a pod's annotation, which its tenant writes, or of a ConfigMap are not
// expanded without end. It is not parallel: memory is measured.
func TestAliasesHaveABound(t *testing.T) {
	var before, after runtime.MemStats
	bomb := "a: &a " + strings.Repeat("x", 100_000) + "\ntracing: [" + strings.Repeat("*a,", 2000) + "]\nruntimeValues: {}\n"
	for name, read := range map[string]func(){
		"pod":     func() { _, _, err := PodTracing(bomb); assert.Error(t, err) },
		"runtime": func() { assert.Empty(t, PodRuntime(bomb)) },
		"mesh":    func() { _, err := ParseMeshConfig(bomb); assert.Error(t, err) },
		"injector": func() {
			_, err := newInjector(ConfigMap{Data: map[string]string{"config": bomb}})
			assert.Error(t, err)
		},
		"large": func() { _, err := ParseMeshConfig(strings.Repeat("# comment\n", 5<<20)); assert.Error(t, err) },
	} {
		runtime.ReadMemStats(&before)
		read()
		runtime.ReadMemStats(&after)
		assert.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(100), "MiB: %s", name)
	}
}

func TestWhatIsReadHasABound(t *testing.T) {
	t.Parallel()
	_, err := ReadRecorded(endless{})
	require.ErrorIs(t, err, bounded.ErrTooLarge)

	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range mostAnswer>>20 + 2 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	t.Cleanup(server.Close)
	cluster, err := NewCluster(&rest.Config{Host: server.URL})
	require.NoError(t, err)
	_, err = cluster.Get(t.Context(), configMaps, "a", "b")
	require.ErrorIs(t, err, bounded.ErrTooLarge)
	err = cluster.List(t.Context(), configMaps, Query{}, func([]byte) error { return nil })
	require.ErrorIs(t, err, bounded.ErrTooLarge)

	// A name leads to nothing else.
	before := len(asked)
	for _, name := range []string{"../secrets/x", "..", "a/b", "a%2fb"} {
		for _, get := range []func(context.Context) error{
			func(ctx context.Context) error { _, err := cluster.Get(ctx, replicaSets, "shop", name); return err },
			func(ctx context.Context) error { _, err := cluster.Get(ctx, replicaSets, name, "x"); return err },
			func(ctx context.Context) error { _, err := cluster.NodeStats(ctx, name); return err },
		} {
			require.ErrorContains(t, get(t.Context()), "is not a valid name")
		}
	}
	assert.Len(t, asked, before)
}

// TestARequestHasItsTime sets the timeout of a configuration, which may be
// longer than the default.
func TestARequestHasItsTime(t *testing.T) {
	for configured, wanted := range map[time.Duration]time.Duration{0: requestTime, time.Second: time.Second, time.Hour: time.Hour} {
		server := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(server.Close)
		cluster, err := NewCluster(&rest.Config{Host: server.URL, Timeout: configured})
		require.NoError(t, err)
		cluster.client.Client.Transport = roundTrip(func(r *http.Request) {
			until, bounded := r.Context().Deadline()
			assert.True(t, bounded)
			assert.WithinDuration(t, time.Now().Add(wanted), until, 5*time.Second)
		})
		_, err = cluster.Get(t.Context(), configMaps, "a", "b")
		require.Error(t, err)
	}
}

// roundTrip looks at a request that is not sent.
type roundTrip func(*http.Request)

// RoundTrip looks at a request.
func (look roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	look(r)
	return nil, errors.New("not sent")
}
