package support

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/suite"
)

// PageFile is the page, from the repository's root.
const PageFile = "docs/support.md"

//go:embed page.md.tmpl
var pageText string

// minor is a row about one minor version of Istio.
type minor struct {
	Name string
	// Documents are the istioctl whose documents conformance.md has.
	Documents []string
	// Mesh is the version of the real mesh, empty where none ran.
	Mesh string
	// Passed and Skipped are items of the suite on it; Failed are those that must
	// not be hidden.
	Passed, Skipped, Failed int
}

// Page gives the page of the repository at root.
func Page(root string) (string, error) {
	r := reader{root: root}
	versions := r.read("test/tools/versions.mk")
	images := r.read("test/offline/images/images.yaml")
	data := map[string]any{
		"Minors":     r.minors(),
		"Helm3":      r.one(versions, `(?m)^HELM3\s*:=\s*helm\s+v(\S+)`),
		"Helm4":      r.one(versions, `(?m)^HELM4\s*:=\s*helm\s+v(\S+)`),
		"Rendered":   r.one(versions, `(?m)^KUBE_VERSION\s*:=\s*(\S+)`),
		"Node":       r.one(images, `kindest/node:v(\S+)`),
		"Oldest":     r.one(r.read("charts/istio-lightstep/Chart.yaml"), `(?m)^kubeVersion: ">= ([0-9.]+)-0"`),
		"Collector":  r.one(r.read("charts/istio-lightstep/values.yaml"), `(?s)opentelemetry-collector-contrib\n.*?\n\s+tag: (\S+)`),
		"Tried":      r.one(r.read("test/conformance/collector/go.mod"), `go\.opentelemetry\.io/collector/otelcol v(\S+)`),
		"Processors": r.one(r.read("test/conformance/collector/go.mod"), `processor/transformprocessor v(\S+)`),
		"MeshTried":  r.one(images, `otel/opentelemetry-collector-contrib:(\S+)\n\s+for: the chart's collector`),
		"Go":         r.one(r.read("go.mod"), `(?m)^go (\S+)`),
	}
	if r.err != nil {
		return "", r.err
	}
	parsed, err := template.New("page").Funcs(template.FuncMap{"join": strings.Join}).Parse(pageText)
	if err != nil {
		return "", err
	}
	var page strings.Builder
	if err := parsed.Execute(&page, data); err != nil {
		return "", err
	}
	return page.String(), nil
}

// reader reads files of the repository, and keeps the first error.
type reader struct {
	root string
	err  error
}

func (r *reader) read(file string) string {
	text, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(file)))
	if err != nil && r.err == nil {
		r.err = err
	}
	return string(text)
}

// one gives what a pattern captures, which must be in the text.
func (r *reader) one(text, pattern string) string {
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		if r.err == nil {
			r.err = fmt.Errorf("nothing matches %s", pattern)
		}
		return ""
	}
	return found[1]
}

var (
	version = regexp.MustCompile(`^\d+\.\d+`)
	// tried is a row of conformance.md's result: istioctl, and what it was given.
	tried = regexp.MustCompile(`(?m)^\| (\d+\.\d+(?:\.\d+)?) \| \d+\.\d+\.\d+ \| \w+ \|`)
)

// minors are those of the dialects, the newest first.
func (r *reader) minors() []*minor {
	var table struct {
		Rows []struct {
			From string `json:"from"`
		} `json:"dialects"`
	}
	if err := json.Unmarshal([]byte(r.read("charts/istio-lightstep/files/dialects.json")), &table); err != nil && r.err == nil {
		r.err = err
	}
	ran := r.suites()
	documents := tried.FindAllStringSubmatch(r.read("docs/conformance.md"), -1)
	var all []*minor
	for _, row := range table.Rows {
		name := version.FindString(row.From)
		if len(all) > 0 && all[len(all)-1].Name == name {
			continue
		}
		m := &minor{Name: name}
		for _, found := range documents {
			if version.FindString(found[1]) == name && !slices.Contains(m.Documents, found[1]) {
				m.Documents = append(m.Documents, found[1])
			}
		}
		if run, ok := ran[name]; ok {
			m.count(run)
		}
		all = append(all, m)
	}
	slices.Reverse(all)
	return all
}

// Ran says what the suite showed on it.
func (m *minor) Ran() string {
	if m.Mesh == "" {
		return ""
	}
	text := fmt.Sprintf("%s: %d items passed", m.Mesh, m.Passed)
	if m.Skipped > 0 {
		text += fmt.Sprintf(", %d skipped", m.Skipped)
	}
	if m.Failed > 0 {
		text += fmt.Sprintf(", %d failed", m.Failed)
	}
	return text
}

func (m *minor) count(run suite.Run) {
	m.Mesh = run.Istio
	for _, item := range run.Items {
		switch item.Result {
		case suite.Passed:
			m.Passed++
		case suite.Skipped:
			m.Skipped++
		case suite.Failed:
			m.Failed++
		}
	}
}

// suites are the runs of the whole suite, by minor.
func (r *reader) suites() map[string]suite.Run {
	files, err := filepath.Glob(filepath.Join(r.root, "test", "e2e", "results", "suite-*.json"))
	if err != nil && r.err == nil {
		r.err = err
	}
	ran := map[string]suite.Run{}
	for _, file := range files {
		run, err := results.Read[suite.Run](file)
		if err != nil && r.err == nil {
			r.err = err
		}
		ran[version.FindString(run.Istio)] = run
	}
	return ran
}
