package alerts

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nothing has no collectors.
type nothing struct{}

func (nothing) Collectors(context.Context) ([]string, error) { return nil, nil }

func (nothing) Metrics(context.Context, string) (io.ReadCloser, error) { return http.NoBody, nil }

func (nothing) Others(context.Context, io.Writer) error { return nil }

// Two at once hold two ports, which nobody guessed.
func TestPrometheusHoldsItsPort(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("prometheus"); err != nil {
		t.Skip("it needs Debian's package prometheus")
	}
	var addresses []string
	for range 2 {
		p, err := Start(t.Context(), t.TempDir(), []byte("groups: []\n"), "shop", nothing{})
		require.NoError(t, err)
		t.Cleanup(func() { p.Close() })
		require.Eventually(t, func() bool {
			_, err := p.Firing(t.Context())
			return err == nil
		}, time.Minute, 50*time.Millisecond, "it answers there")
		addresses = append(addresses, p.address)
	}
	assert.NotEqual(t, addresses[0], addresses[1])
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Start(over, t.TempDir(), []byte("groups: []\n"), "shop", nothing{})
	require.ErrorIs(t, err, context.Canceled)
}
