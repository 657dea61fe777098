//go:build release

package release

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// some leaves of the platforms those that PLATFORMS names, if it names any: to compile
// for one takes a minute.
func some(t *testing.T) {
	t.Helper()
	if wanted := strings.Fields(os.Getenv("PLATFORMS")); len(wanted) > 0 {
		platforms = slices.DeleteFunc(platforms, func(p platform) bool { return !slices.Contains(wanted, p.String()) })
		require.Len(t, platforms, len(wanted), "PLATFORMS names one that there is not")
		require.Subset(t, platforms, append(imagePlatforms, here()), "PLATFORMS lacks one that the image or this machine needs")
	}
}

// released is a release in a registry of this machine, twice built, and what a
// user has of it.
type released struct {
	// root is the repository it is made of: this tree, committed.
	root string
	// dist is what was published, dry the same release built a second time.
	dist, dry string
	registry  string
	// key is what people verify with, and keyring what Helm does.
	key, keyring string
}

// program gives the path of a program that make release-test built.
func program(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	require.NotEmpty(t, path, "%s must hold the path of a program; make release-test sets it", variable)
	return path
}

// run runs a program as a user does and gives all that it writes.
func run(t *testing.T, folder string, variables []string, program string, args ...string) string {
	t.Helper()
	printed, err := try(t.Context(), folder, variables, program, args...)
	require.NoError(t, err, printed)
	return printed
}

func try(ctx context.Context, folder string, variables []string, program string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, program, args...)
	command.Dir = folder
	command.Env = append(os.Environ(), variables...)
	printed, err := command.CombinedOutput()
	return strings.TrimRight(string(printed), "\n"), err
}

// publish makes the release twice and publishes one of the two.
func publish(t *testing.T) released {
	t.Helper()
	some(t)
	folder := t.TempDir()
	r := released{
		root: filepath.Join(folder, "tree"), dist: filepath.Join(folder, "dist"), dry: filepath.Join(folder, "elsewhere", "dist"),
		registry: startRegistry(t) + "/istio-lightstep", key: filepath.Join(folder, "cosign.pub"),
	}
	r.keyring = filepath.Join(r.dist, "assets", "istio-lightstep.gpg")
	secret, public := writePGP(t, newPGP(t, nil), "of the tests")
	commitTree(t, r.root)
	run(t, folder, []string{"COSIGN_PASSWORD="}, program(t, "COSIGN"), "generate-key-pair")
	t.Setenv("COSIGN_PASSWORD", "")
	options := Options{
		Root: r.root, Version: version, Registry: r.registry, Dist: r.dry, Dry: true, Helm: program(t, "HELM4"), Cosign: program(t, "COSIGN"), Out: t.Output(),
		PGPKey: public, // who builds a release again has no other
	}
	require.NoError(t, Run(t.Context(), options))
	// Another day, another place, another zone.
	t.Setenv("TZ", "Pacific/Chatham")
	options.Dist, options.Dry, options.Key, options.PGPKey = r.dist, false, filepath.Join(folder, "cosign.key"), secret
	t.Setenv("PGP_PASSPHRASE", "of the tests")
	require.NoError(t, Run(t.Context(), options))
	return r
}

// commitTree makes a repository of this tree, changes that are not committed
// included, whose last commit is the release.
func commitTree(t *testing.T, root string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(root, 0o750))
	run(t, "../..", nil, "test/tools/copy-tree", root)
	require.NoError(t, WriteVersion(root, version))
	who := []string{
		"GIT_AUTHOR_NAME=tests", "GIT_AUTHOR_EMAIL=tests@example.com", "GIT_COMMITTER_NAME=tests", "GIT_COMMITTER_EMAIL=tests@example.com",
	}
	run(t, root, who, "git", "commit", "--quiet", "--all", "--message", "release "+version)
}

// listening is what a registry logs once it has chosen a port.
var listening = regexp.MustCompile(`listening on ([0-9.:]+)`)

// startRegistry runs a registry on the loopback until the test ends.
func startRegistry(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	config := filepath.Join(folder, "config.yml")
	text := fmt.Sprintf("version: 0.1\nlog: {level: info}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: \"127.0.0.1:0\"}\n", folder)
	require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	command := exec.CommandContext(ctx, program(t, "REGISTRY_PROGRAM"), "serve", config)
	command.Env = append(os.Environ(), "OTEL_TRACES_EXPORTER=none")
	log, err := os.Create(filepath.Join(folder, "log"))
	require.NoError(t, err)
	command.Stdout, command.Stderr = log, log
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		stop()
		_ = command.Wait()
		_ = log.Close()
	})
	var address string
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(log.Name())
		if found := listening.FindSubmatch(text); err == nil && found != nil {
			address = string(found[1])
		}
		return address != "" && answers(ctx, "http://"+address+"/v2/")
	}, time.Minute, 50*time.Millisecond, "the registry does not answer")
	return address
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}
