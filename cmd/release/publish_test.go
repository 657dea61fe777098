package release

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPublishTagsWhatIsSigned: as long as something is not signed nothing has a
// tag, so a release whose signing fails is not public.
func TestPublishTagsWhatIsSigned(t *testing.T) {
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must hold the path of a helm binary; `make test` sets it")
	for _, signs := range []bool{true, false} {
		folder := t.TempDir()
		events := filepath.Join(folder, "events")
		there := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
			if _, what, found := strings.Cut(request.URL.Path, "/manifests/"); found && request.Method == http.MethodPut {
				add(t, events, "push "+strings.Split(what, ":")[0])
			}
			there.ServeHTTP(w, request)
		}))
		cosign := filepath.Join(folder, "cosign")
		script := "#!/bin/sh\necho sign >>" + events + "\n"
		if !signs {
			script += "exit 1\n"
		}
		require.NoError(t, os.WriteFile(cosign, []byte(script), 0o700))
		chart := filepath.Join(folder, "chart")
		require.NoError(t, os.MkdirAll(chart, 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(chart, "Chart.yaml"), []byte("apiVersion: v2\nname: "+project+"\nversion: 0.2.0\n"), 0o600))
		_, err := output(t.Context(), folder, nil, helm, "package", chart)
		require.NoError(t, err)
		digest, err := empty.Index.Digest()
		require.NoError(t, err)
		r := &release{
			Options: Options{Version: "0.2.0", Registry: strings.TrimPrefix(server.URL, "http://") + "/x", Helm: helm, Cosign: cosign, Out: t.Output()},
			work:    folder, assets: folder, chart: filepath.Join(folder, project+"-0.2.0.tgz"),
			image: image{index: empty.Index, digest: digest, platforms: map[platform]v1.Hash{}},
		}
		err = r.publish(t.Context())
		server.Close()
		text, readErr := os.ReadFile(events)
		require.NoError(t, readErr)
		happened := strings.Fields(strings.ReplaceAll(string(text), "push ", "push-"))
		assert.Equal(t, []string{"push-sha256", "push-sha256", "sign"}, happened[:3])
		if !signs {
			require.Error(t, err)
			assert.Len(t, happened, 3)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, []string{"sign", "push-0.2.0", "push-0.2.0"}, happened[len(happened)-3:])
		assert.Equal(t, 2, strings.Count(string(text), "push 0.2.0"))
	}
}

func add(t *testing.T, file, line string) {
	t.Helper()
	log, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if assert.NoError(t, err) {
		_, err = log.WriteString(line + "\n")
		assert.NoError(t, err)
		assert.NoError(t, log.Close())
	}
}
