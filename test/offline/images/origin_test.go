package images

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// served is a registry with one small image under the name of Zipkin's, that
// image, and the registry's host:port.
func served(t *testing.T) (v1.Image, Image, string) {
	t.Helper()
	chosen, err := Select("zipkin")
	require.NoError(t, err)
	image, err := random.Image(100, 2)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "zipkin.tar")
	tag, err := chosen[0].at("")
	require.NoError(t, err)
	require.NoError(t, tarball.WriteToFile(path, tag, image))

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	told := &lines{came: make(chan string, 1)}
	go func() {
		ended <- Serve(ctx, "127.0.0.1:0", t.TempDir(), []Archive{{Image: chosen[0], Path: path}}, told)
	}()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	select {
	case line := <-told.came:
		address, found := strings.CutPrefix(strings.TrimSpace(line), chosen[0].Name+" is at http://")
		require.True(t, found, line)
		return image, chosen[0], address
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is served")
		return nil, Image{}, ""
	}
}

type lines struct{ came chan string }

func (l *lines) Write(text []byte) (int, error) {
	l.came <- string(text)
	return len(text), nil
}

func TestARegistryHasWhatWasBuilt(t *testing.T) {
	t.Parallel()
	image, zipkin, address := served(t)
	ref, err := zipkin.at(address)
	require.NoError(t, err)
	assert.Equal(t, address+"/openzipkin/zipkin:"+zipkin.Tag(), ref.String())
	pulled, err := remote.Image(ref)
	require.NoError(t, err)
	want, err := image.ConfigName()
	require.NoError(t, err)
	got, err := pulled.ConfigName()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestWhatARegistryHasIsOfficial(t *testing.T) {
	t.Parallel()
	_, zipkin, address := served(t)
	var progress strings.Builder
	official, others, err := Official(t.Context(), address, []string{"zipkin", "pilot"}, &progress)
	require.NoError(t, err)
	assert.Equal(t, []Image{zipkin}, official)
	assert.Len(t, others, 3, "a pilot for each Istio")
	assert.Contains(t, progress.String(), address+" does not have docker.io/istio/pilot:1.31.0 (HTTP 404)")
}

// A registry that does not answer is asked once, and does not end a run.
func TestASilentRegistryHasNothing(t *testing.T) {
	t.Parallel()
	var progress strings.Builder
	official, others, err := Official(t.Context(), "127.0.0.1:1", []string{"zipkin", "pilot"}, &progress)
	require.NoError(t, err)
	assert.Empty(t, official)
	assert.Len(t, others, 4)
	assert.Equal(t, 1, strings.Count(progress.String(), "127.0.0.1:1 does not answer: "), "%s", &progress)
}

func TestHostsOfAMirror(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "server = \"http://172.18.0.1:5000\"\n\n[host.\"http://172.18.0.1:5000\"]\n  capabilities = [\"pull\", \"resolve\"]\n",
		hosts("172.18.0.1:5000"))
}
