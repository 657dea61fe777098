package images

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var ratings = Image{
	Name: "docker.io/istio/examples-bookinfo-ratings-v1:1.16.2", For: "test", Build: "bookinfo", Module: "app",
}

// testBuilder builds from a repository of one small program.
func testBuilder(t *testing.T) *builder {
	t.Helper()
	b := &builder{root: t.TempDir(), cache: t.TempDir(), sources: map[string]string{}}
	require.NoError(t, os.Mkdir(filepath.Join(b.cache, "images"), 0o750))
	for path, content := range map[string]string{
		"go.mod":                   "module app\n\ngo 1.26\n",
		"cmd/bookinfo/main.go":     "package main\n\nimport \"app\"\n\nfunc main() { print(app.Text) }\n",
		"cmd/bookinfo/README.md":   "text\n",
		"cmd/bookinfo/one_test.go": "package main\n",
		"app.go":                   "package app\n\nimport _ \"embed\"\n\n//go:embed text\nvar Text string\n",
		"text":                     "hello",
		"other/other.go":           "package other\n",
	} {
		write(t, b, path, content)
	}
	return b
}

func write(t *testing.T, b *builder, path, content string) {
	t.Helper()
	file := filepath.Join(b.root, "app", path)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	b.sources = map[string]string{}
}

func TestKeyChangesWithInputsAlone(t *testing.T) {
	b := testBuilder(t)
	key := func(image Image) string {
		t.Helper()
		key, err := b.key(t.Context(), image)
		require.NoError(t, err)
		return key
	}
	before := key(ratings)
	for path, content := range map[string]string{
		"cmd/bookinfo/README.md":   "other\n",
		"cmd/bookinfo/one_test.go": "package main // other\n",
		"other/other.go":           "package other // other\n",
		"text":                     "hello", // written again
	} {
		write(t, b, path, content)
		assert.Equal(t, before, key(ratings), path)
	}
	described := ratings
	described.For = "other"
	assert.Equal(t, before, key(described), "for")
	seen := map[string]string{before: "the start"}
	for _, change := range []struct{ path, content string }{
		{"text", "bye"},
		{"cmd/bookinfo/main.go", "package main\n\nimport \"app\"\n\nfunc main() { println(app.Text) }\n"},
		{"go.mod", "module app\n\ngo 1.26.0\n"},
	} {
		write(t, b, change.path, change.content)
		now := key(ratings)
		assert.NotContains(t, seen, now, change.path)
		seen[now] = change.path
	}
	details := ratings
	details.Name = "docker.io/istio/examples-bookinfo-details-v1:1.16.2"
	newer := ratings
	newer.Name = "docker.io/istio/examples-bookinfo-ratings-v1:1.20.3"
	for _, other := range []Image{details, newer} {
		assert.NotContains(t, seen, key(other), other.Name)
	}
}

// TestKeyOfPinned wants every pinned input of a row to count, with no download.
func TestKeyOfPinned(t *testing.T) {
	b := testBuilder(t)
	proxy := Image{Name: "docker.io/istio/proxyv2:1.31.0", Build: "proxyv2", Module: "app", Envoy: &Wheel{Version: "1", SHA256: "a"}}
	keys := map[string]bool{}
	for _, wheel := range []Wheel{{"1", "a"}, {"2", "a"}, {"1", "b"}} {
		proxy.Envoy = &wheel
		key, err := b.key(t.Context(), proxy)
		require.NoError(t, err)
		keys[key] = true
	}
	assert.Len(t, keys, 3)
}

func TestArchive(t *testing.T) {
	b := testBuilder(t)
	first, err := b.archive(t.Context(), ratings)
	require.NoError(t, err)
	assert.False(t, first.Cached)
	again, err := b.archive(t.Context(), ratings)
	require.NoError(t, err)
	assert.True(t, again.Cached)
	assert.Equal(t, first.Path, again.Path)

	image, err := tarball.ImageFromPath(first.Path, nil)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, []string{"BOOKINFO_PROPAGATION=1.16.2", "BOOKINFO_ROLE=ratings-v1"}, config.Config.Env)
	assert.Equal(t, []string{"/bookinfo"}, config.Config.Entrypoint)
	manifest, err := tarball.LoadManifest(func() (io.ReadCloser, error) { return os.Open(first.Path) })
	require.NoError(t, err)
	assert.Equal(t, []string{ratings.Name}, manifest[0].RepoTags)
	content := mutate.Extract(image)
	defer func() { _ = content.Close() }()
	header, err := tar.NewReader(content).Next()
	require.NoError(t, err)
	assert.Equal(t, "bookinfo", header.Name)
	assert.EqualValues(t, 0o755, header.Mode)

	t.Run("same bytes", func(t *testing.T) {
		other := filepath.Join(t.TempDir(), "other.tar")
		require.NoError(t, b.write(t.Context(), ratings, other))
		assert.Equal(t, read(t, first.Path), read(t, other))
	})
	t.Run("a new one replaces it, and no other", func(t *testing.T) {
		neighbour := ratings
		neighbour.Name = "docker.io/istio/examples-bookinfo-ratings-v1:1.20.3"
		kept, err := b.archive(t.Context(), neighbour)
		require.NoError(t, err)
		write(t, b, "app.go", "package app\n\nvar Text = \"new\"\n")
		second, err := b.archive(t.Context(), ratings)
		require.NoError(t, err)
		assert.FileExists(t, second.Path)
		assert.FileExists(t, kept.Path)
		assert.NoFileExists(t, first.Path)
	})
	t.Run("nothing is left of one that fails", func(t *testing.T) {
		write(t, b, "app.go", "package app\n\nvar Text = 1 +\n")
		_, err := b.archive(t.Context(), ratings)
		require.ErrorContains(t, err, "syntax error")
		left, err := filepath.Glob(filepath.Join(b.cache, "*"))
		require.NoError(t, err)
		assert.Equal(t, []string{filepath.Join(b.cache, "images")}, left)
	})
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

// TestEachGoesOn wants the images after one that fails, and its name.
func TestEachGoesOn(t *testing.T) {
	var progress strings.Builder
	archives, err := each(t.Context(), []string{"pilot"}, &progress, func(_ context.Context, image Image) (Archive, error) {
		if image.Tag() == "1.28.2" {
			return Archive{}, errors.New("broken")
		}
		return Archive{Image: image, Cached: true}, nil
	})
	require.EqualError(t, err, "image docker.io/istio/pilot:1.28.2: broken")
	assert.Len(t, archives, 2)
	assert.Equal(t, "[1/3] docker.io/istio/pilot:1.31.0: cached, 0 MB\n"+
		"[2/3] docker.io/istio/pilot:1.28.2: failed\n"+
		"[3/3] docker.io/istio/pilot:1.20.0: cached, 0 MB\n", progress.String())
}

func TestDebianRootHasNoTraceOfTheDay(t *testing.T) {
	root := filepath.Join(t.TempDir(), "root")
	for path, content := range map[string]string{
		"etc/passwd": "root", "etc/hostname": "here", "var/log/dpkg.log": "today", "usr/bin/sh": "#!",
	} {
		file := filepath.Join(root, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	}
	require.NoError(t, os.Symlink("usr/bin", filepath.Join(root, "bin")))
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	require.NoError(t, writeRoot(root, one))
	yesterday := time.Now().Add(-24 * time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(root, "etc/passwd"), yesterday, yesterday))
	require.NoError(t, writeRoot(root, two))
	assert.Equal(t, read(t, one), read(t, two))

	var names []string
	require.NoError(t, eachFile(one, func(header *tar.Header, _ io.Reader) error {
		names = append(names, header.Name)
		return nil
	}))
	assert.Equal(t, []string{
		"bin", "etc/", "etc/passwd", "usr/", "usr/bin/", "usr/bin/sh", "var/", "var/log/",
	}, names)
}
