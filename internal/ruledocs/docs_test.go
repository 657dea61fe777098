package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// root is the repository, seen from this package.
const root = "../.."

var ruleID = regexp.MustCompile(`\bLS-[A-Z0-9]+(?:-[A-Z0-9]+)*\b`)

// pages gives every hand-written Markdown page by its path from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "charts/*/README.md.gotmpl"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			found[strings.TrimPrefix(file, root+"/")] = read(t, file)
		}
	}
	return found
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(data)
}

// TestPageNamesItsGroups: the page begins with a list of the large groups of rules, each with its first rule.
func TestPageNamesItsGroups(t *testing.T) {
	t.Parallel()
	var rules table
	for _, id := range []string{"LS-A-1", "LS-B-1", "LS-A-2", "LS-B-2", "LS-B-3", "LS-B-4", "LS-B"} {
		rules.Rules = append(rules.Rules, rule{ID: id, Severity: "error"})
	}
	assert.Contains(t, rules.page(), "\nThe first rule of each large group, by the first word of the name: [b](#ls-b-1) (5).\n")
}

func ruleIDs(t *testing.T) []string {
	t.Helper()
	rules, err := load(root + "/charts/istio-lightstep/files/rules.yaml")
	require.NoError(t, err)
	var ids []string
	for _, r := range rules.Rules {
		ids = append(ids, r.ID)
	}
	return ids
}

// findings are the packages whose ids are documented elsewhere: they are found in a mesh, not in values, or are those of
// rules, which migrate asks.
var findings = []string{"ignore", "doctor", "hops", "compare", "backend", "migrate"}

// goIDs are those of the checks that Go makes beside the rules, without those of some packages.
func goIDs(t *testing.T, without ...string) []string {
	t.Helper()
	literal := regexp.MustCompile(`"(LS-[A-Z0-9-]+)"`)
	ids := map[string]bool{}
	for _, pattern := range []string{"internal/*/*.go", "pkg/*/*.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || slices.Contains(without, filepath.Base(filepath.Dir(file))) {
				continue
			}
			for _, match := range literal.FindAllStringSubmatch(read(t, file), -1) {
				ids[match[1]] = true
			}
		}
	}
	require.NotEmpty(t, ids)
	return slices.Sorted(maps.Keys(ids))
}

func TestEveryIDIsKnownAndDocumented(t *testing.T) {
	t.Parallel()
	rules, own := ruleIDs(t), goIDs(t)
	known := append(slices.Clone(rules), own...)
	for page, text := range pages(t) {
		for _, id := range ruleID.FindAllString(text, -1) {
			assert.Contains(t, known, id, "%s names a rule that is not there", page)
		}
	}

	_, table, found := strings.Cut(read(t, root+"/docs/values.md"), "## Additional checks in Go")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n## ")
	documented := regexp.MustCompile(`(?m)^\| (LS-[A-Z0-9-]+) \|`).FindAllStringSubmatch(table, -1)
	var ids []string
	for _, match := range documented {
		ids = append(ids, match[1])
	}
	// What is a rule of the chart too is in docs/rules.md.
	isRule := func(id string) bool { return slices.Contains(rules, id) }
	added := slices.DeleteFunc(goIDs(t, findings...), isRule)
	assert.ElementsMatch(t, added, slices.DeleteFunc(ids, isRule), "docs/values.md, Additional checks in Go")
}

func TestRulesPageIsCurrent(t *testing.T) {
	t.Parallel()
	rules, err := load(root + "/charts/istio-lightstep/files/rules.yaml")
	require.NoError(t, err)
	page := read(t, root+"/docs/rules.md")
	assert.Equal(t, rules.page(), page, "run `make generate`")
	for _, id := range ruleIDs(t) {
		assert.Contains(t, page, "\n## "+id+"\n")
	}
}

var (
	inlineLink    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	reference     = regexp.MustCompile(`(?m)^\[([^\]]+)\]: (\S+)$`)
	referenceUse  = regexp.MustCompile(`\[([^\]\[]+)\](?:\[([^\]]+)\])?`)
	image         = regexp.MustCompile(`src="([^"]+)"`)
	heading       = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchorUnknown = regexp.MustCompile("[^a-z0-9 _-]")
	fence         = regexp.MustCompile("(?ms)^ *````.*?^ *````$|^ *```.*?^ *```$")
	codeSpan      = regexp.MustCompile("`[^`]*`")
)

// anchors gives those that GitHub makes of a page's headings.
func anchors(text string) []string {
	var made []string
	for _, match := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		plain := anchorUnknown.ReplaceAllString(strings.ToLower(match[1]), "")
		made = append(made, strings.ReplaceAll(plain, " ", "-"))
	}
	return made
}

func TestLinksResolve(t *testing.T) {
	t.Parallel()
	for page, text := range pages(t) {
		text = fence.ReplaceAllString(text, "")
		var targets []string
		for _, pattern := range []*regexp.Regexp{inlineLink, image} {
			for _, match := range pattern.FindAllStringSubmatch(text, -1) {
				targets = append(targets, match[1])
			}
		}
		defined := map[string]bool{}
		for _, match := range reference.FindAllStringSubmatch(text, -1) {
			defined[match[1]] = true
			targets = append(targets, match[2])
		}
		for _, target := range targets {
			assertTarget(t, page, text, target)
		}
		assertReferences(t, page, text, defined)
	}
}

func assertTarget(t *testing.T, page, text, target string) {
	t.Helper()
	if strings.HasPrefix(target, "https://") {
		return
	}
	file, anchor, _ := strings.Cut(target, "#")
	if file != "" {
		path := filepath.Join(root, filepath.Dir(page), file)
		if _, err := os.Stat(path); !assert.NoError(t, err, "%s links to %s", page, target) || anchor == "" {
			return
		}
		text = read(t, path)
	}
	if anchor != "" {
		assert.Contains(t, anchors(text), anchor, "%s links to %s", page, target)
	}
}

// assertReferences looks for [names] that have no definition, or the other way round: they would show as text.
func assertReferences(t *testing.T, page, text string, defined map[string]bool) {
	t.Helper()
	body := codeSpan.ReplaceAllString(reference.ReplaceAllString(text, ""), "")
	used := map[string]bool{}
	for _, match := range referenceUse.FindAllStringSubmatch(inlineLink.ReplaceAllString(body, "]"), -1) {
		if match[2] != "" {
			used[match[2]] = true // [shown][name]
		} else {
			used[match[1]] = true
		}
	}
	for name := range defined {
		assert.True(t, used[name], "%s defines [%s] and does not use it", page, name)
	}
	for name := range used {
		if ruleID.MatchString(name) || strings.Contains(name, "#") {
			assert.True(t, defined[name] || strings.Contains(text, "["+name+"]("), "%s has no link for [%s]", page, name)
		}
	}
}

func TestLinesAreShort(t *testing.T) {
	t.Parallel()
	for page, text := range pages(t) {
		if page == "docs/reliability.md" || page == "docs/doctor.md" {
			continue // written by a run of the end-to-end tests
		}
		fenced := false
		for number, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if fenced || strings.HasPrefix(line, "|") {
				continue // neither what a program prints nor a row can be broken
			}
			assert.LessOrEqual(t, utf8.RuneCountInString(line), lineLength, "%s:%d", page, number+1)
		}
	}
}

// TestDependenciesAreNamed holds the page to the files that pin what it tells
// of, both ways.
func TestDependenciesAreNamed(t *testing.T) {
	t.Parallel()
	page, _, _ := strings.Cut(read(t, root+"/docs/dependencies.md"), "## At run time")
	direct := regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+$`)
	tool := regexp.MustCompile(`(?m)^[A-Z0-9_]+ +:= \S+ +v\S+ +(\S+)`)
	python := regexp.MustCompile(`(?m)^([A-Za-z-]+)==`)
	node := regexp.MustCompile(`"([a-z-]+)": "[0-9.]+"`)
	pinned := map[string]bool{}
	for file, pattern := range map[string]*regexp.Regexp{
		"go.mod": direct, "test/tools/versions.mk": tool, "test/tools/requirements.txt": python, "test/tools/checkov/requirements.txt": python,
		"test/conformance/go.mod": direct, "test/e2e/go.mod": direct, "test/offline/images/go.mod": direct,
		"test/docs/go.mod": direct, "test/spantest/go.mod": direct, "test/offline/images/modules/kindnetd/go.mod": direct, "test/e2e/page/package.json": node,
		"cmd/release/go.mod": direct, "cmd/release/cosign/go.mod": direct, "cmd/release/registry/go.mod": direct,
	} {
		found := pattern.FindAllStringSubmatch(read(t, filepath.Join(root, file)), -1)
		require.NotEmpty(t, found, file)
		for _, match := range found {
			if strings.HasPrefix(match[1], "github.com/istio-lightstep/") {
				continue
			}
			pinned[match[1]] = true
			assert.True(t, strings.Contains(page, "`"+match[1]+"`"), "%s has %s, docs/dependencies.md does not", file, match[1])
		}
	}
	for _, match := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(page, -1) {
		assert.True(t, pinned[match[1]], "docs/dependencies.md has %s, which nothing pins", match[1])
	}
}

// TestYAMLInPagesParses reads every block of YAML that a reader may copy.
func TestYAMLInPagesParses(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	blocks := 0
	for page, text := range pages(t) {
		for _, match := range block.FindAllStringSubmatch(text, -1) {
			for document := range strings.SplitSeq(match[1], "\n---\n") {
				blocks++
				assert.NoError(t, yaml.UnmarshalStrict([]byte(document), &map[string]any{}), "%s:\n%s", page, document)
			}
		}
	}
	assert.Positive(t, blocks)
}
