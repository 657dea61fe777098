package mesh

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// TestListsEnd reads lists of API servers that never say that a page is the
// last one.
func TestListsEnd(t *testing.T) {
	t.Parallel()
	small := bounds{pages: 20, bytes: 1 << 20, podBytes: 1 << 20, time: time.Minute}
	slowly := func(n int64) (string, string) {
		time.Sleep(20 * time.Millisecond)
		return fmt.Sprint(n), ""
	}
	padding := strings.Repeat(" ", 100<<10)
	for name, c := range map[string]struct {
		page   func(number int64) (token, padding string)
		bounds bounds
		is     error
		says   string
		most   int64 // requests of a list
	}{
		"one token":        {func(int64) (string, string) { return "SAME", "" }, wide, errEndless, "do not end", 2},
		"two tokens":       {func(n int64) (string, string) { return fmt.Sprint(n % 2), "" }, wide, errEndless, "do not end", 3},
		"ever new tokens":  {func(n int64) (string, string) { return fmt.Sprint(n), "" }, small, errEndless, "do not end", 20},
		"ever more to say": {func(n int64) (string, string) { return fmt.Sprint(n), padding }, small, bounded.ErrTooLarge, "the API server's pages of", 11},
		"ever slower":      {slowly, bounds{pages: 1000, bytes: 1 << 20, podBytes: 1 << 20, time: 100 * time.Millisecond}, nil, "took more than 100ms", 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				token, padding := c.page(asked.Add(1))
				_, _ = fmt.Fprintf(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"continue":%q},"items":[]}%s`, token, padding)
			}))
			t.Cleanup(server.Close)
			for _, read := range []func(*Cluster) error{
				func(c *Cluster) error {
					return c.List(t.Context(), configMaps, Query{}, func([]byte) error { return nil })
				},
				func(c *Cluster) error { return c.listPods(t.Context(), "", func(Pod) {}) },
			} {
				cluster, err := NewCluster(&rest.Config{Host: server.URL})
				require.NoError(t, err)
				cluster.bounds = c.bounds
				asked.Store(0)
				err = read(cluster)
				require.ErrorContains(t, err, c.says)
				if c.is != nil {
					require.ErrorIs(t, err, c.is)
				}
				assert.LessOrEqual(t, asked.Load(), c.most)
			}
		})
	}
}

// A run that goes on for hours has the time for its lists anew.
func TestListsHaveTheirTimeAnew(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":[]}`)
	}))
	t.Cleanup(server.Close)
	cluster, err := NewCluster(&rest.Config{Host: server.URL})
	require.NoError(t, err)
	cluster.spent.Store(int64(wide.time))
	list := func() error { return cluster.List(t.Context(), configMaps, Query{}, func([]byte) error { return nil }) }
	require.ErrorContains(t, list(), "took more than 10m0s")
	cluster.Anew()
	require.NoError(t, list())
}
