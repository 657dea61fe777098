package spantest_test

import (
	"archive/zip"
	"io/fs"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

const (
	module  = "github.com/istio-lightstep/istio-lightstep/test/spantest"
	version = "v0.1.0"
	page    = "../../docs/testing.md"
)

// goproxy makes a proxy of files that has the module as it is here, and gives its URL.
func goproxy(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, module, "@v")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	write := func(name string, text []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	mod, err := os.ReadFile("go.mod")
	require.NoError(t, err)
	write("list", []byte(version+"\n"))
	write(version+".info", []byte(`{"Version":"`+version+`","Time":"2026-01-01T00:00:00Z"}`))
	write(version+".mod", mod)
	file, err := os.Create(filepath.Join(dir, version+".zip"))
	require.NoError(t, err)
	out := zip.NewWriter(file)
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		into, err := out.Create(module + "@" + version + "/" + filepath.ToSlash(path))
		if err == nil {
			_, err = into.Write(text)
		}
		return err
	}))
	require.NoError(t, out.Close())
	require.NoError(t, file.Close())
	return "file://" + root
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(said))
}

// scratch is a repository outside of this one.
type scratch struct {
	dir string
	env []string
}

func newScratch(t *testing.T) *scratch {
	t.Helper()
	cached := "file://" + goEnv(t, "GOMODCACHE") + "/cache/download"
	return &scratch{t.TempDir(), append(os.Environ(),
		"GOPROXY="+strings.Join([]string{goproxy(t), cached, goEnv(t, "GOPROXY")}, ","),
		// Its own, so that nobody finds this module's version in theirs.
		"GOMODCACHE="+t.TempDir(), "GONOSUMDB="+module, "GOFLAGS=-modcacherw -trimpath", "GOWORK=off", "CGO_ENABLED=0",
	)}
}

func (s *scratch) run(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Dir, command.Env = s.dir, s.env
	said, err := command.CombinedOutput()
	return string(said), err
}

func (s *scratch) must(t *testing.T, arguments ...string) string {
	t.Helper()
	said, err := s.run(t, arguments...)
	require.NoError(t, err, "go %s\n%s", strings.Join(arguments, " "), said)
	return said
}

// section is how the page goes from nothing to the first green test.
var section = regexp.MustCompile(`(?s)\n## From nothing to the first green test\n(.*?)\n## `)

// step is a block of code of that section.
type step struct{ kind, text string }

// steps are the blocks of the section in their order, with or without what the page says
// as long as there is no release.
func steps(t *testing.T, released bool) []step {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	found := section.FindStringSubmatch(string(text))
	require.NotNil(t, found)
	if of := found[1]; released {
		found[1] = regexp.MustCompile(`(?s)<!-- unreleased -->.*?<!-- /unreleased -->`).ReplaceAllString(of, "")
	}
	var all []step
	for _, block := range regexp.MustCompile("(?s)(<!-- not run: [^>]*-->\n)?```(\\w*)\n(.*?)```").FindAllStringSubmatch(found[1], -1) {
		if !strings.Contains(block[1], "of the reader's") {
			all = append(all, step{block[2], block[3]})
		}
	}
	return all
}

// types types a block of commands as it stands on the page, but for the addresses.
func (s *scratch) types(t *testing.T, commands string, addresses ...string) (string, error) {
	t.Helper()
	for i := 0; i < len(addresses); i += 2 {
		require.Contains(t, commands, addresses[i])
	}
	command := exec.CommandContext(t.Context(), "bash", "-euc", strings.NewReplacer(addresses...).Replace(commands))
	command.Dir, command.Env = s.dir, s.env
	said, err := command.CombinedOutput()
	return string(said), err
}

const (
	jaegerOfThePage  = "https://jaeger.example"
	gatewayOfThePage = "https://shop.example/checkout?cart=1"
)

// followed types the section in an empty folder, and gives what the last command printed.
func (s *scratch) followed(t *testing.T, of []step, jaeger, gateway string) string {
	t.Helper()
	last := ""
	for i, step := range of {
		var err error
		switch step.kind {
		case "go":
			require.NoError(t, os.WriteFile(filepath.Join(s.dir, "mesh_test.go"), []byte(step.text), 0o600))
			continue
		case "text":
			continue
		}
		addresses := []string{jaegerOfThePage, jaeger, gatewayOfThePage, gateway}
		if !strings.Contains(step.text, "go test ") {
			addresses = nil
		}
		last, err = s.types(t, step.text, addresses...)
		require.NoError(t, err, "step %d: %s\n%s", i, step.text, last)
	}
	return last
}

// A newcomer types the page in an empty folder: the test is green as soon as all is typed,
// it prints what the page says, and asks the mesh again when it is run again.
func TestThePageIsTyped(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles client-go anew, which takes a minute")
	}
	t.Parallel()
	here, err := filepath.Abs("../..")
	require.NoError(t, err)
	for name, released := range map[string]bool{"the module from a proxy": true, "a checkout beside": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			of := steps(t, released)
			require.Equal(t, released, len(of) == len(steps(t, true)), "the page has its line for a checkout")
			s := newScratch(t)
			s.dir = filepath.Join(s.dir, "mesh-tests")
			require.NoError(t, os.Mkdir(s.dir, 0o755))
			require.NoError(t, os.Symlink(here, filepath.Join(s.dir, "..", "istio-lightstep")))
			mesh := &shop{once: true, gateway: "istio-ingressgateway.istio-system"}
			b := &backend{shop: mesh, path: "/api/traces/", trace: jaegerTrace, open: true}
			gateway, jaeger := serve(t, mesh), serve(t, b.handler(t))
			said := s.followed(t, of, jaeger, gateway+"/checkout?cart=1")
			printed := regexp.MustCompile(`mesh_test.go:\d+: 20 of 20 .*`).FindString(said)
			require.NotEmpty(t, printed, said)
			text, err := os.ReadFile(page)
			require.NoError(t, err)
			assert.Contains(t, string(text), "    "+printed+"\n", "the page shows another output")
			assert.Equal(t, "cart=1", mesh.queries[0])
			assert.Empty(t, s.must(t, "mod", "tidy", "-diff"), "there is nothing to tidy when all is typed")

			last := of[len(of)-1]
			for i := len(of) - 1; last.kind != ""; i-- {
				last = of[i]
			}
			again, err := s.types(t, last.text, jaegerOfThePage, jaeger, gatewayOfThePage, gateway+"/checkout?cart=1")
			require.NoError(t, err, again)
			assert.NotContains(t, again, "(cached)")
			assert.Len(t, mesh.queries, 40, "each run sends its requests")
			for _, system := range []string{"GitHub Actions", "GitLab"} {
				s.inCI(t, string(text), system, "JAEGER_URL="+jaeger, "SHOP_URL="+gateway+"/checkout?cart=1")
			}
			assert.Len(t, mesh.queries, 80)
		})
	}
}

// inCI runs what the page's file for a CI system runs.
func (s *scratch) inCI(t *testing.T, text, system string, env ...string) {
	t.Helper()
	_, file, found := strings.Cut(text, "In "+system)
	require.True(t, found)
	_, file, found = strings.Cut(file, "```yaml\n")
	require.True(t, found)
	file, _, _ = strings.Cut(file, "```")
	for _, address := range []string{"JAEGER_URL: " + jaegerOfThePage, "SHOP_URL: " + gatewayOfThePage} {
		assert.Contains(t, file, address, "the variables of the test, in %s", system)
	}
	command := regexp.MustCompile(`- (?:run: )?(go test .*)\n`).FindStringSubmatch(file)
	require.NotNil(t, command, "%s runs the test", system)
	s.env = append(s.env, env...)
	said, err := s.types(t, command[1])
	require.NoError(t, err, said)
	assert.Contains(t, said, "20 of 20 requests have exactly the expected trace")
}

// failureOfThePage matches the failure that the page shows, with any ids and line breaks.
func failureOfThePage(t *testing.T, text string) string {
	t.Helper()
	block := regexp.MustCompile("(?s)\n## What a failure says\n.*?```text\n(.*?)```").FindStringSubmatch(text)
	require.NotNil(t, block)
	shown, cut := strings.CutSuffix(strings.Join(strings.Fields(block[1]), " "), ", …")
	require.True(t, cut, "what follows is not shown")
	return strings.ReplaceAll(regexp.QuoteMeta(shown), "0b6e…", `\S+`)
}

// A repository of a user's gets the module by go get alone, vendors it, and its test of
// docs/testing.md passes, and fails with what is missing.
func TestAnotherRepositoryUsesIt(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles client-go anew, which takes a minute")
	}
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	code := regexp.MustCompile("(?s)```go\n(.*?)```").FindSubmatch(text)
	require.NotNil(t, code, "%s has a test in Go", page)
	assert.Contains(t, string(text), "go get "+module+"\n")

	s := newScratch(t)
	s.must(t, "mod", "init", "example.com/mesh-tests")
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "mesh_test.go"), code[1], 0o600))
	s.must(t, "get", module)
	listed := s.must(t, "list", "-m", "all")
	assert.Contains(t, listed, module+" "+version)
	assert.NotContains(t, listed, "istio-lightstep/istio-lightstep v", "the module needs nothing of the others here")
	assert.NotContains(t, listed, "=>")
	s.must(t, "mod", "tidy")
	s.must(t, "mod", "vendor")
	s.must(t, "vet", "./...")

	// What is installed beside the test.
	programs := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(programs, "istio-lightstep"), []byte("#!/bin/sh\necho \"finding of $*\"\n"), 0o700))
	s.env = append(s.env, "PATH="+programs+string(filepath.ListSeparator)+os.Getenv("PATH"))

	whole := &shop{once: true, gateway: "istio-ingressgateway.istio-system"}
	lossy := &shop{once: true, gateway: whole.gateway, lose: func(_ int, span spantest.RecordedSpan) bool { return span.Service == "stock.shop" }}
	for mesh, passes := range map[*shop]bool{whole: true, lossy: false} {
		b := &backend{shop: mesh, path: "/api/traces/", trace: jaegerTrace, open: true}
		gateway, jaeger := httptest.NewServer(mesh), httptest.NewServer(b.handler(t))
		t.Cleanup(gateway.Close)
		t.Cleanup(jaeger.Close)
		quick := strings.Replace(string(code[1]), "2*time.Minute", "20*time.Second", 1)
		require.NoError(t, os.WriteFile(filepath.Join(s.dir, "mesh_test.go"), []byte(quick), 0o600))
		s.env = append(s.env, "JAEGER_URL="+jaeger.URL, "SHOP_URL="+gateway.URL+"/checkout?cart=1")
		said, err := s.run(t, "test", "-mod=vendor", "-count=1", "-v", "./...")
		if passes {
			require.NoError(t, err, said)
			assert.Contains(t, said, "20 of 20 requests have exactly the expected trace; 100 spans, 0 doubled")
			assert.Equal(t, "cart=1", mesh.queries[0])
			continue
		}
		require.Error(t, err, said)
		assert.Regexp(t, failureOfThePage(t, string(text)), strings.Join(strings.Fields(said), " "), "the page shows another failure")
		assert.Contains(t, said, "finding of doctor mesh", "it is asked after the deadline")
	}
}
