package release

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const sections = `# Changelog

## [Unreleased]

### Added

- Later.

## [0.1.0] - 2026-12-01

The first one.

### Added

- The chart, on
  two lines.
- A page: [docs/a.md](docs/a.md), and [one](https://example.com/b).

### Fixed

- A bug.

## [0.0.1]

- Undated.

[Unreleased]: https://example.com/main
`

func TestSectionOfAVersion(t *testing.T) {
	found, err := sectionOf(sections, "0.1.0")
	require.NoError(t, err)
	assert.Equal(t, []change{
		{"added", "The chart, on two lines."},
		{"added", "A page: [docs/a.md](docs/a.md), and [one](https://example.com/b)."},
		{"fixed", "A bug."},
	}, found.changes)
	assert.Contains(t, found.text, "The first one.")
	assert.NotContains(t, found.text, "Later")
	assert.NotContains(t, found.text, "example.com/main")
	assert.Equal(t, "[a]("+repository+"/blob/v1/docs/a.md) [b](https://b)", at("[a](docs/a.md) [b](https://b)", "", "v1"))
	assert.Equal(t, "[a]("+repository+"/blob/v1/docs/a.md#x) [b](#y)", at("[a](../../docs/a.md#x) [b](#y)", chartFolder, "v1"))

	for _, version := range []string{"0.0.1", "0.2.0", "Unreleased"} {
		_, err := sectionOf(sections, version)
		assert.ErrorContains(t, err, "run make release-commit VERSION="+version)
	}
	found, err = sectionOf("## [Unreleased]\n### Added\n- New.\n\n## [0.1.0] - 2026-12-01\n### Added\n- Old.\n", "0.2.0-rc.1")
	require.NoError(t, err)
	assert.Equal(t, []change{{"added", "New."}}, found.changes)
	_, err = sectionOf("## [Unreleased]\n\n## [0.1.0] - 2026-12-01\n### Added\n- Old.\n", "0.2.0-rc.1")
	assert.ErrorContains(t, err, "[Unreleased] has no entries")
	_, err = sectionOf("## [1.0.0] - 2026-01-01\n### Improved\n- x\n", "1.0.0")
	assert.ErrorContains(t, err, `"Improved" is not one of Added`)
	_, err = sectionOf("## [1.0.0] - 2026-01-01\n- x\n", "1.0.0")
	assert.ErrorContains(t, err, "no title above")
}

// What make release-commit writes is what make release wants.
func TestWriteVersion(t *testing.T) {
	root := t.TempDir()
	write := func(file, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(root, file), []byte(text), 0o600))
	}
	write("go.mod", "module x\n")
	write("CHANGELOG.md", "# C\n\n## [Unreleased]\n\n### Added\n\n- One.\n\n[Unreleased]: "+repository+"/commits/main\n")
	write(chartFolder+"/Chart.yaml", "version: 0.1.0\nappVersion: 0.1.0\n")
	write("test/offline/images/images.yaml", "images:\n- name: "+officialImage+":0.1.0\n")
	write("README.md", "# R\n\n<!-- unreleased -->\n> Not yet.\n<!-- /unreleased -->\n\n## Install\n")
	write("docs/testing.md", "a\n\n<!-- unreleased -->\n\nNot yet.\n\n<!-- /unreleased -->\n\nb\n")
	write("docs/gitops.md", "    targetRevision: 0.1.*\n  semver: 0.1.x\n")
	write("examples/fleet/argocd/applicationset.yaml", "- targetRevision: \"{{.istio}}\"\n- targetRevision: 0.1.*\n")
	write("examples/fleet/flux/chart.yaml", "    semver: 0.1.x\n")
	write("examples/fleet/rancher/istio-lightstep/fleet.yaml", "helm:\n  version: 0.1.0\n")
	read := func(file string) string {
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		return string(text)
	}
	s := source{folder: root}
	assert.Len(t, s.check("0.2.0"), 2)
	_, err := s.changelog("0.2.0")
	require.Error(t, err)

	// Nobody is led to a pre-release.
	pages := []string{"README.md", "docs/gitops.md", "examples/fleet/argocd/applicationset.yaml", "examples/fleet/rancher/istio-lightstep/fleet.yaml"}
	changelog := read("CHANGELOG.md")
	var before []string
	for _, page := range pages {
		before = append(before, read(page))
	}
	require.NoError(t, WriteVersion(root, "0.2.0-rc.1"))
	assert.Contains(t, read(chartFolder+"/Chart.yaml"), "appVersion: 0.2.0-rc.1\n")
	for i, page := range pages {
		assert.Equal(t, before[i], read(page))
	}
	assert.Equal(t, changelog, read("CHANGELOG.md"))
	assert.Empty(t, s.check("0.2.0-rc.1"))
	found, err := s.changelog("0.2.0-rc.1")
	require.NoError(t, err)
	assert.Equal(t, []change{{"added", "One."}}, found.changes)

	require.NoError(t, WriteVersion(root, "0.2.0"))
	assert.Equal(t, "- targetRevision: \"{{.istio}}\"\n- targetRevision: 0.2.*\n", read(pages[2]))
	assert.Equal(t, "helm:\n  version: 0.2.0\n", read(pages[3]))
	page, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	assert.Equal(t, "# R\n\n## Install\n", string(page))
	page, err = os.ReadFile(filepath.Join(root, "docs/testing.md"))
	require.NoError(t, err)
	assert.Equal(t, "a\n\nb\n", string(page))
	page, err = os.ReadFile(filepath.Join(root, "docs/gitops.md"))
	require.NoError(t, err)
	assert.Equal(t, "    targetRevision: 0.2.*\n  semver: 0.2.x\n", string(page))
	assert.Empty(t, s.check("0.2.0"))
	found, err = s.changelog("0.2.0")
	require.NoError(t, err)
	assert.Equal(t, []change{{"added", "One."}}, found.changes)
	assert.ErrorContains(t, WriteVersion(root, "0.3.0"), "CHANGELOG.md: ## [Unreleased] has no entries")
	assert.Empty(t, s.check("0.2.0"), "nothing is written by half")
	again, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	require.NoError(t, err)
	assert.Contains(t, string(again), "[Unreleased]: "+repository+"/compare/v0.2.0...main\n[0.2.0]: ")
	require.NoError(t, WriteVersion(root, "0.2.0"))
	twice, err := os.ReadFile(filepath.Join(root, "CHANGELOG.md"))
	require.NoError(t, err)
	assert.Equal(t, string(again), string(twice))

	assert.ErrorContains(t, WriteVersion(root, "v0.2"), "is not a version")
	write("go.mod", "module x\nreplace a => b v1.0.0\n")
	assert.Len(t, s.check("0.2.0"), 1)
}

// TestPagesAfterARelease is of this repository: what a page says before there is
// a release is not left in it.
func TestPagesAfterARelease(t *testing.T) {
	root := t.TempDir()
	listed, err := output(t.Context(), "../..", nil, "git", "ls-files", "--cached", "--others", "--exclude-standard")
	require.NoError(t, err)
	for _, file := range strings.Split(listed, "\n") {
		if !isPage(file) {
			continue
		}
		text, err := os.ReadFile(filepath.Join("../..", file))
		if os.IsNotExist(err) { // removed, and not yet committed
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, file)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(root, file), text, 0o600))
	}
	require.NoError(t, WriteVersion(root, "9.8.7"))
	for file, says := range map[string]string{
		"docs/gitops.md": "targetRevision: 9.8.*\n", "examples/fleet/argocd/applicationset.yaml": "targetRevision: 9.8.*\n",
		"examples/fleet/flux/chart.yaml": "semver: 9.8.x\n", "examples/fleet/rancher/istio-lightstep/fleet.yaml": "  version: 9.8.7\n",
	} {
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		assert.Contains(t, string(text), says, file)
	}
	readme := filepath.Join(root, "README.md")
	for _, says := range []string{"No image is published\nyet.", "It is not yet published.", "Do it before the first release.", "<!-- unreleased -->"} {
		require.NoError(t, os.WriteFile(readme, []byte("# R\n\n"+says+"\n"), 0o600))
		assert.ErrorContains(t, publishPages(root), "README.md:3: ")
	}
}

// TestFirstSection: before the first release nothing can have changed.
func TestFirstSection(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	require.NoError(t, err)
	if len(regexp.MustCompile(`(?m)^## `).FindAllString(string(text), -1)) > 1 {
		return // there was a release
	}
	assert.NotRegexp(t, `(?i)no\s+longer|any\s+more|\bused\s+to\b|before its first|### (Changed|Fixed|Removed|Deprecated)`, string(text))
	closed, err := closeSection(string(text), "0.1.0", "2026-12-01")
	require.NoError(t, err)
	found, err := sectionOf(closed, "0.1.0")
	require.NoError(t, err)
	assert.Less(t, len(found.changes), 60, "artifacthub.io/changes shows each")
	for _, c := range found.changes {
		assert.Equal(t, "added", c.Kind)
	}
}

// The README of the chart, in its package, and that of the archives lead somewhere.
func TestReadmesOfPackages(t *testing.T) {
	for _, folder := range []string{"", chartFolder} {
		text, err := os.ReadFile(filepath.Join("../..", folder, "README.md"))
		require.NoError(t, err)
		require.Regexp(t, inText, string(text))
		assert.NotRegexp(t, inText, at(string(text), folder, "v1"))
		for _, link := range regexp.MustCompile(regexp.QuoteMeta(repository)+`/blob/v1/([^)#]+)`).FindAllStringSubmatch(at(string(text), folder, "v1"), -1) {
			_, err := os.Stat(filepath.Join("../..", link[1]))
			assert.NoError(t, err)
		}
	}
}

// An archive does not tell when, where and by whom its files were written.
func TestArchivesAreReproducible(t *testing.T) {
	at := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	for _, end := range []string{".tgz", ".zip"} {
		var sums []string
		for _, mode := range []os.FileMode{0o600, 0o640} {
			folder := t.TempDir()
			first, second := filepath.Join(folder, "first"), filepath.Join(folder, "second")
			require.NoError(t, os.WriteFile(first, []byte("1"), mode))
			require.NoError(t, os.WriteFile(second, []byte("2"), mode))
			members := []member{{name: "b", from: second}, {name: "a", from: first, executable: true}}
			written, err := writeArchive(filepath.Join(folder, "x"+end), members, at)
			require.NoError(t, err)
			assert.Equal(t, "b", members[0].name, "the caller's order stays")
			sums = append(sums, written.sha256)
			if end == ".tgz" {
				assert.Equal(t, []string{"a -rwxr-xr-x", "b -rw-r--r--"}, list(t, written.path))
			}
		}
		assert.Equal(t, sums[0], sums[1], end)
	}
}

func list(t *testing.T, path string) []string {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	plain, err := gzip.NewReader(file)
	require.NoError(t, err)
	var names []string
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return names
		}
		require.NoError(t, err)
		names = append(names, header.Name+" "+header.FileInfo().Mode().String())
	}
}

// version is that of the release that the tests make: the chart's. Before there is
// such a release it has the section that is open in CHANGELOG.md.
var version = func() string {
	text, _ := os.ReadFile("../../" + chartFolder + "/Chart.yaml") // without it no version is found
	found := regexp.MustCompile(`(?m)^version: (\S+)$`).FindSubmatch(text)
	if found == nil {
		return ""
	}
	return string(found[1])
}()

// TestChartTestsNameNoVersion: make release-commit writes the version into the chart, and
// its tests must pass with any.
func TestChartTestsNameNoVersion(t *testing.T) {
	files, err := filepath.Glob("../../" + chartFolder + "/tests/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NotContains(t, string(text), officialImage+":"+version, file)
	}
}
