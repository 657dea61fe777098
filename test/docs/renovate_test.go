package docs

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// renovate is what .github/renovate.json says of pins that Renovate finds by
// patterns of ours.
type renovate struct {
	CustomManagers []struct {
		Description                       string
		ManagerFilePatterns, MatchStrings []string
		DepNameTemplate                   string
	}
	PackageRules []packageRule
}

type packageRule struct {
	Description                                      string
	MatchManagers, MatchFileNames, MatchPackageNames []string
	MatchUpdateTypes                                 []string
	MatchCurrentValue                                string
	Enabled                                          *bool
}

// pin is a version that one of the managers found.
type pin struct{ file, name, value string }

func readRenovate(t *testing.T) renovate {
	t.Helper()
	text, err := os.ReadFile(root + "/.github/renovate.json")
	require.NoError(t, err)
	var r renovate
	require.NoError(t, json.Unmarshal(text, &r))
	return r
}

// matches tells whether a pattern of Renovate's, /a regular expression/ or a
// name as it is, fits. Globs are for the other managers' rules.
func matches(pattern, name string) bool {
	if expression, ok := strings.CutPrefix(pattern, "/"); ok && strings.HasSuffix(expression, "/") {
		return regexp.MustCompile(strings.TrimSuffix(expression, "/")).MatchString(name)
	}
	return pattern == name
}

func fits(patterns []string, name string) bool {
	return patterns == nil || slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

// pins are what the managers find, as Renovate looks: by RE2, with the flag g
// and no other. Without m, ^ is the beginning of a file.
func (r renovate) pins(t *testing.T) []pin {
	t.Helper()
	files, err := Files(root)
	require.NoError(t, err)
	var all []pin
	for _, manager := range r.CustomManagers {
		found := len(all)
		for _, file := range files {
			if !fits(manager.ManagerFilePatterns, file) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(root, file))
			require.NoError(t, err)
			for _, match := range manager.MatchStrings {
				expression := regexp.MustCompile(match)
				for _, groups := range expression.FindAllStringSubmatch(string(text), -1) {
					p := pin{file: file, name: manager.DepNameTemplate, value: groups[expression.SubexpIndex("currentValue")]}
					if i := expression.SubexpIndex("depName"); i > 0 {
						p.name = groups[i]
					}
					all = append(all, p)
				}
			}
		}
		assert.Greater(t, len(all), found, "the manager finds nothing: %s", manager.Description)
	}
	return all
}

// keeps gives the rule that keeps a pin as it is, if there is one.
func (r renovate) keeps(p pin) string {
	for _, rule := range r.PackageRules {
		if rule.Enabled != nil && !*rule.Enabled && rule.MatchUpdateTypes == nil &&
			fits(rule.MatchManagers, "custom.regex") && fits(rule.MatchFileNames, p.file) && fits(rule.MatchPackageNames, p.name) &&
			(rule.MatchCurrentValue == "" || matches(rule.MatchCurrentValue, p.value)) {
			return rule.Description
		}
	}
	return ""
}

// variable is one of versions.mk with a version in it: its name, what stands
// before the version, the version and what stands behind it.
var variable = regexp.MustCompile(`(?m)^([A-Z0-9_]+)\s*:= *([^#\n]*?)(v?\d+\.\d+\.\d+) *(\S*)`)

// TestRenovateSeesTools: each version in versions.mk is found, and nothing else.
func TestRenovateSeesTools(t *testing.T) {
	const file = "test/tools/versions.mk"
	text, err := os.ReadFile(filepath.Join(root, file))
	require.NoError(t, err)
	names := map[string]string{"ISTIO_API": "istio.io/api", "KUBE_VERSION": "kubernetes/kubernetes"}
	var want []pin
	for _, line := range variable.FindAllStringSubmatch(string(text), -1) {
		name, known := names[line[1]]
		if !known {
			name = line[4]
		}
		want = append(want, pin{file, name, line[3]})
	}
	require.Greater(t, len(want), 12)
	found := readRenovate(t).pins(t)
	found = slices.DeleteFunc(found, func(p pin) bool { return p.file != file })
	assert.ElementsMatch(t, want, found)
}

// TestRenovateSeesImages: each image that the end-to-end tests pin is found, and
// those that stay on purpose have a rule that says why.
func TestRenovateSeesImages(t *testing.T) {
	files, err := Files(root)
	require.NoError(t, err)
	const table = "test/offline/images/images.yaml"
	row := regexp.MustCompile(`\bname: "?([^\s"]+):([^\s",:]+)`)
	manifest := regexp.MustCompile(`\bimage: "?([^\s"]+):([^\s",}]+)`)
	var want []pin
	for _, file := range files {
		in := regexp.MustCompile(`^test/(e2e|bookinfo)/.*\.ya?ml$`).MatchString(file)
		if !in && file != table {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		expression := manifest
		if file == table {
			expression = row
			assert.Equal(t, strings.Count(string(text), "name: "), len(row.FindAllString(string(text), -1)))
		}
		for _, found := range expression.FindAllStringSubmatch(string(text), -1) {
			if !strings.HasPrefix(found[1], "registry.example.com/") {
				want = append(want, pin{file, found[1], found[2]})
			}
		}
	}
	r := readRenovate(t)
	found := slices.DeleteFunc(r.pins(t), func(p pin) bool { return !strings.HasSuffix(p.file, ".yaml") || strings.HasPrefix(p.file, "charts/") })
	require.ElementsMatch(t, want, found)

	updated := map[string]bool{}
	for _, p := range found {
		if r.keeps(p) == "" {
			updated[p.name] = true
		}
		if p.value == "0.144.0" {
			assert.Contains(t, r.keeps(p), "Zipkin exporter")
		}
	}
	assert.Equal(t, map[string]bool{
		"docker.io/otel/opentelemetry-collector-contrib": true, "docker.io/openzipkin/zipkin": true,
	}, updated, "every other image says in a rule why it stays")
}

// TestRenovateSaysWhyAPinStays: whoever wonders why nothing was proposed reads it
// in the rule.
func TestRenovateSaysWhyAPinStays(t *testing.T) {
	r := readRenovate(t)
	for _, rule := range r.PackageRules {
		assert.NotEmpty(t, rule.Description)
	}
	assert.NotEmpty(t, r.keeps(pin{"test/tools/versions.mk", "kubernetes/kubernetes", "1.34.0"}))
	assert.Empty(t, r.keeps(pin{"test/tools/versions.mk", "istio.io/api", "v1.31.1"}))
	assert.Empty(t, r.keeps(pin{"test/tools/versions.mk", "helm.sh/helm/v4", "v4.3.2"}))
}
