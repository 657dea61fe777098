package support

import (
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
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
	// Documents are the istioctl that took what is rendered.
	Documents []string
	// Like are where there are none the nearest rows of the dialects, older and newer, that
	// have some, if they say the same.
	Like []string
	// Mesh is the version of the real mesh, empty where none ran.
	Mesh string
	// Passed and Skipped are items of the suite on it; Failed and those Not run are what
	// must not be hidden.
	Passed, Skipped, Failed, Not int
	// Older and Perhaps of them ran on an older tree, or may have.
	Older, Perhaps int
}

// Page gives the page of the repository at root.
func Page(root string) (string, error) {
	r := reader{root: root}
	versions := r.read("test/tools/versions.mk")
	images := r.read("test/offline/images/images.yaml")
	minors := r.minors()
	data := map[string]any{
		"Minors":     minors,
		"Supported":  supported(minors),
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
	parsed, err := template.New("page").Funcs(template.FuncMap{"join": strings.Join, "list": list}).Parse(pageText)
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

var version = regexp.MustCompile(`^\d+\.\d+`)

// documents gives, by minor, the istioctl that took what is rendered.
func (r *reader) documents() map[string][]string {
	rows, err := csv.NewReader(strings.NewReader(r.read("test/conformance/results.csv"))).ReadAll()
	if err != nil && r.err == nil {
		r.err = err
	}
	took := map[string][]string{}
	for i, row := range rows {
		name := version.FindString(row[0])
		if i > 0 && row[5] != "" && !slices.Contains(took[name], row[0]) { // 5 is what was seen
			took[name] = append(took[name], row[0])
		}
	}
	return took
}

// minors are those of the dialects, the newest first.
func (r *reader) minors() []*minor {
	var table struct {
		Rows []map[string]any `json:"dialects"`
	}
	if err := json.Unmarshal([]byte(r.read("charts/istio-lightstep/files/dialects.json")), &table); err != nil && r.err == nil {
		r.err = err
	}
	ran := r.suites()
	items, err := suite.Names(r.root)
	if err != nil && r.err == nil {
		r.err = err
	}
	documents := r.documents()
	var all []*minor
	for i, row := range table.Rows {
		name := fmt.Sprint(row["minor"])
		if len(all) > 0 && all[len(all)-1].Name == name {
			continue
		}
		m := &minor{Name: name, Documents: documents[name]}
		if m.Documents == nil {
			older := slices.Clone(table.Rows[:i])
			slices.Reverse(older)
			m.Like = slices.Concat(alike(row, older, documents), alike(row, table.Rows[i+1:], documents))
		}
		if run, ok := ran[name]; ok {
			today, err := measured.Known(r.root, run.Istio)
			if err != nil && r.err == nil {
				r.err = err
			}
			m.count(run, len(items), today)
		}
		all = append(all, m)
	}
	slices.Reverse(all)
	return all
}

// list joins names as a sentence has them.
func list(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// supported are the names of the three newest, which Istio itself supports, the oldest first.
func supported(minors []*minor) []string {
	var names []string
	for _, m := range minors[:min(3, len(minors))] {
		names = append([]string{m.Name}, names...)
	}
	return names
}

// alike gives the first of the others that has documents, if it says the same.
func alike(row map[string]any, others []map[string]any, documents map[string][]string) []string {
	says := func(row map[string]any) map[string]any {
		row = maps.Clone(row)
		for _, key := range []string{"from", "minor", "source"} {
			delete(row, key)
		}
		return row
	}
	for _, other := range others {
		switch {
		case !reflect.DeepEqual(says(row), says(other)):
			return nil
		case documents[fmt.Sprint(other["minor"])] != nil:
			return []string{fmt.Sprint(other["from"])}
		}
	}
	return nil
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
	if m.Not > 0 {
		text += fmt.Sprintf(", %d not run", m.Not)
	}
	for _, old := range []struct {
		age   measured.Age
		count int
	}{{measured.Older, m.Older}, {measured.Perhaps, m.Perhaps}} {
		if old.count > 0 {
			text += fmt.Sprintf(". **%s**: %d", old.age, old.count)
		}
	}
	return text
}

// count takes the results of a run of so many items, on a tree that has today's setup. A
// skipped item shows nothing, so it is not older either.
func (m *minor) count(run suite.Run, items int, today measured.Setup) {
	m.Mesh, m.Not = run.Istio, items-len(run.Items)
	for _, item := range run.Items {
		switch item.Result {
		case suite.Passed:
			m.Passed++
		case suite.Skipped:
			m.Skipped++
		case suite.Failed:
			m.Failed++
		}
		age, _ := item.Age(today)
		switch {
		case item.Result == suite.Skipped:
		case age == measured.Older:
			m.Older++
		case age == measured.Perhaps:
			m.Perhaps++
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
