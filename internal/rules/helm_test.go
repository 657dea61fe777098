package rules_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// helm is a helm binary.
type helm struct {
	name, path string
}

// helmVariables name the binaries in the environment: Helm 3's, and with the
// build tag helm4 Helm 4's too.
var helmVariables = []string{"HELM3"}

// helms gives the binaries, and fails where one of them is not available.
func helms(tb testing.TB) []helm {
	tb.Helper()
	var found []helm
	for _, name := range helmVariables {
		binary := os.Getenv(name)
		require.NotEmpty(tb, binary, "%s must hold the path of a helm binary; `make test` sets it", name)
		found = append(found, helm{name, binary})
	}
	return found
}

func (h helm) run(args ...string) (stdout, stderr string, err error) {
	var out, errOut bytes.Buffer
	cmd := exec.Command(h.path, args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	// Whatever the user's Helm is set up for must not matter.
	cmd.Env = append(os.Environ(), "HELM_NAMESPACE=istio-system", "KUBECONFIG=/dev/null", "HELM_PLUGINS=/dev/null")
	err = cmd.Run()
	return out.String(), errOut.String(), err
}

// writeChart writes files to a folder, for Helm to read.
func writeChart(tb testing.TB, files fs.FS) string {
	tb.Helper()
	folder := filepath.Join(tb.TempDir(), "istio-lightstep")
	require.NoError(tb, os.CopyFS(folder, files))
	return folder
}

// writeValues writes values into a new file of the folder. Helm takes a comma
// in its path for the end of it, so the folder is no subtest's.
func writeValues(tb testing.TB, folder string, values map[string]any) string {
	tb.Helper()
	data, err := json.Marshal(values)
	require.NoError(tb, err)
	// JSON has characters as they are that YAML takes only escaped.
	data = beyondASCII.ReplaceAllFunc(data, func(c []byte) []byte {
		r, _ := utf8.DecodeRune(c)
		return fmt.Appendf(nil, `\u%04x`, r)
	})
	file, err := os.CreateTemp(folder, "*.yaml")
	require.NoError(tb, err)
	_, err = file.Write(data)
	require.NoError(tb, errors.Join(err, file.Close()))
	return file.Name()
}

var beyondASCII = regexp.MustCompile("[\x7f-\uffff]")

// TestCorpusThroughHelm runs every case through Helm: it must say what is said in
// process, word for word. Where there are two Helms each takes its share, and both
// take what they differ in. What Helm does to values before templates see them
// takes a run for each case that has it; the others come ready, many to a run, as
// most of a run is Helm's start.
func TestCorpusThroughHelm(t *testing.T) {
	t.Parallel()
	chart := loadChart(t, nil)
	inGo := templates(t, chart)
	all := helms(t)
	for nth, h := range all {
		valuesFolder := t.TempDir()
		alone, together := share(t, nth, len(all))
		one := writeChart(t, partials(t, map[string]string{"templates/verdict.yaml": `verdict: {{ include "verdict" . | b64enc }}`}))
		for _, c := range alone {
			t.Run(h.name+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				memo := withMemo(rules.Input{Values: c.Values, Live: c.Live, Document: c.Document})
				printed := h.verdicts(t, append([]string{one, "-f", writeValues(t, valuesFolder, memo)}, c.Flags()...)...)
				assertCase(t, c, inGo, input(t, chart, c), printed["verdict"])
			})
		}
		many := writeChart(t, partials(t, map[string]string{"templates/verdict.yaml": manyVerdicts, "values.yaml": "{}"}))
		for i, group := range slices.Collect(slices.Chunk(together, 50)) {
			t.Run(fmt.Sprintf("%s/%d", h.name, i), func(t *testing.T) {
				t.Parallel()
				var inputs []map[string]any
				for _, c := range group {
					inputs = append(inputs, withMemo(input(t, chart, c)))
				}
				printed := h.verdicts(t, many, "-f", writeValues(t, valuesFolder, map[string]any{"cases": inputs}))
				for i, c := range group {
					t.Run(c.Name, func(t *testing.T) {
						assertCase(t, c, inGo, input(t, chart, c), printed[fmt.Sprint("case", i)])
					})
				}
			})
		}
	}
}

// manyVerdicts judges a list of values, each as if it were the release's.
const manyVerdicts = `{{- range $i, $values := .Values.cases }}
case{{ $i }}: {{ include "verdict" (dict "Values" $values "Chart" $.Chart "Release" $.Release "Capabilities" $.Capabilities "Files" $.Files "Template" $.Template) | b64enc }}
{{- end }}`

// share gives the cases of the nth of so many Helms: those that need a run to
// themselves, as they have flags, null or megabytes, and those that do not. Null
// is every Helm's, for Helm 4 takes keys away for it that Helm 3 keeps.
func share(t *testing.T, nth, of int) (alone, together []corpus.Case) {
	t.Helper()
	for i, c := range cases(t) {
		text, err := json.Marshal(c.Values)
		require.NoError(t, err)
		null := bytes.Contains(text, []byte("null"))
		switch {
		case !null && i%of != nth:
		case null, len(c.Flags()) > 0, c.Heavy():
			alone = append(alone, c)
		default:
			together = append(together, c)
		}
	}
	return alone, together
}

// verdicts runs helm template, and gives what it printed, decoded, by key.
func (h helm) verdicts(t *testing.T, args ...string) map[string][]byte {
	t.Helper()
	stdout, stderr, err := h.run(append([]string{"template", "istio-lightstep", "--kube-version", kubeVersion}, args...)...)
	require.NoError(t, err, stderr)
	var printed map[string][]byte // encoded, for YAML does not take all characters as they are
	require.NoError(t, yaml.Unmarshal([]byte(stdout), &printed))
	return printed
}

// assertCase compares what Helm says of a case with what the case wants and
// with what the templates say in process.
func assertCase(t *testing.T, c corpus.Case, inGo evaluator, in rules.Input, printed []byte) {
	t.Helper()
	want, err := inGo(in)
	require.NoError(t, err)
	var got verdict
	require.NoError(t, json.Unmarshal(printed, &got))
	assert.Equal(t, *c.Want, findings(got.Problems), c.File)
	// Keys with null that one Helm keeps are none to the rules.
	want.Subject, got.Subject = withoutNull(want.Subject), withoutNull(got.Subject)
	assertSame(t, want, got)
}

func withoutNull(m map[string]any) map[string]any {
	kept := map[string]any{}
	for key, value := range m {
		if inner, ok := value.(map[string]any); ok {
			value = withoutNull(inner)
		}
		if value != nil {
			kept[key] = value
		}
	}
	return kept
}

// TestSchemaRefuses runs the cases that no rule is asked about through the
// chart as it is.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	all, err := corpus.Cases()
	require.NoError(t, err)
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	for _, h := range helms(t) {
		folder, valuesFolder := writeChart(t, chart), t.TempDir()
		for _, c := range all {
			if !c.Schema {
				continue
			}
			t.Run(h.name+"/"+c.Name, func(t *testing.T) {
				t.Parallel()
				args := append([]string{"template", "istio-lightstep", folder, "-f", writeValues(t, valuesFolder, c.Values)}, c.Flags()...)
				_, stderr, err := h.run(args...)
				require.Error(t, err)
				assert.Contains(t, stderr, "values don't meet the specifications of the schema")
				assert.NotContains(t, stderr, "token-marker")
				for _, path := range c.Paths {
					assert.True(t, names(stderr, path), "Helm does not name %s: %s", path, stderr)
				}
			})
		}
	}
}

// names tells whether what Helm prints of the schema names a path, or a key and
// the map that it may not be in, or is missing from.
func names(stderr, path string) bool {
	steps := strings.Split(strings.NewReplacer("[", ".", "]", "").Replace(path), ".")
	last := len(steps) - 1
	for line := range strings.Lines(stderr) {
		if strings.Contains(line, "'/"+strings.Join(steps, "/")+"'") ||
			strings.Contains(line, "'/"+strings.Join(steps[:last], "/")+"'") && strings.Contains(line, "'"+steps[last]+"'") {
			return true
		}
	}
	return false
}

// TestRefusal runs the chart as it is: a refused release prints all that is
// wrong, once and before anything else, and `helm lint` fails too.
func TestRefusal(t *testing.T) {
	t.Parallel()
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	const want = `

The values of istio-lightstep cannot work: 2 problems to fix.
Nothing was installed or changed.

  1. gateways[1].namespace
     wrong:  "in gress" is not a valid namespace name
     fix:    set the namespace of the gateway's Deployment, for example istio-system
     rule:   LS-GATEWAY-NAMESPACE

  2. collector.headerName
     wrong:  "Bearer" is not a valid gRPC header name
     fix:    use lowercase letters, digits and dashes, for example lightstep-access-token
     rule:   LS-COLLECTOR-HEADER

Warnings:

  -  collector.replicas
     wrong:  with one collector, spans are lost whenever its pod is rescheduled
     fix:    set collector.replicas to 2 or more
     rule:   LS-COLLECTOR-ALONE
`
	sets := []string{
		"--set", "istio.version=1.26.2",
		"--set", "global.tracer.lightstep.address=ingest.lightstep.com:443",
		"--set", "global.tracer.lightstep.accessToken=token-marker-1f0c",
		"--set", "gateways[0].name=a,gateways[0].namespace=a,gateways[1].name=b,gateways[1].namespace=in gress",
		"--set", "collector.headerName=Bearer,collector.replicas=1",
	}
	for _, h := range helms(t) {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			folder := writeChart(t, chart)
			stdout, stderr, err := h.run(append([]string{"template", "istio-lightstep", folder}, sets...)...)
			require.Error(t, err)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, want)
			assert.NotContains(t, stderr, "token-marker")

			stdout, stderr, err = h.run(append([]string{"lint", folder}, sets...)...)
			require.Error(t, err, "helm lint must fail too")
			said := stdout + stderr
			assert.Contains(t, said, "refused, see the message above: gateways[1].namespace (LS-GATEWAY-NAMESPACE), collector.headerName (LS-COLLECTOR-HEADER)")
			assert.NotContains(t, said, "token-marker")
		})
	}
}

// TestManyProblems: of one rule a hundred are told, and how many more there are.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	const want = `cannot work: 101 problems to fix.
Nothing was installed or changed.

  1. extraObjects[0]
`
	const end = `
100. extraObjects[99]
     wrong:  it is not a Kubernetes object, and nothing could be installed
     fix:    set apiVersion, kind and metadata.name
     rule:   LS-EXTRA-OBJECT

101. …
     wrong:  and 2 more of LS-EXTRA-OBJECT
     fix:    look at those above first: many of one kind mostly have one cause
     rule:   LS-EXTRA-OBJECT

`
	sets := []string{"--set", "istio.version=1.26.2,extraObjects[101]=1", "--set", "global.tracer.lightstep.address=a:443,global.tracer.lightstep.accessToken=token-marker-1f0c"}
	for _, h := range helms(t) {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			_, stderr, err := h.run(append([]string{"template", "istio-lightstep", writeChart(t, chart)}, sets...)...)
			require.Error(t, err)
			assert.Contains(t, stderr, want)
			assert.Contains(t, stderr, end)
		})
	}
}

// TestDataFilesAreWhole: with no rules all values would pass, so a data file
// that is missing, broken or cut short must fail each render, lint included.
func TestDataFilesAreWhole(t *testing.T) {
	t.Parallel()
	damages := map[string]func(data string) string{
		"empty":    func(string) string { return "" },
		"broken":   func(data string) string { return data[:len(data)/2] },
		"no list":  func(string) string { return `{"count": 0}` },
		"no entry": func(string) string { return `{"count": 0, "presets": [], "dialects": []}` },
		"one less": func(data string) string {
			lines := strings.Split(data, "\n")
			return strings.Join(append(lines[:1], lines[2:]...), "\n")
		},
		"no count": func(data string) string { return strings.Replace(data, `"count"`, `"counted"`, 1) },
	}
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	for _, file := range []string{"files/dialects.json", "files/backends.json"} {
		whole := string(dataFile(t, file))
		for name, damage := range damages {
			for _, h := range helms(t) {
				t.Run(fmt.Sprintf("%s/%s/%s", h.name, file, name), func(t *testing.T) {
					t.Parallel()
					folder := writeChart(t, chart)
					require.NoError(t, os.WriteFile(filepath.Join(folder, file), []byte(damage(whole)), 0o600))
					for _, command := range []string{"template istio-lightstep", "lint"} {
						args := append(strings.Fields(command), folder,
							"--set", "istio.version=1.26.2,accessTokenFrom.name=a,backends.b.preset=otlp,global.tracer.lightstep.address=ingest.lightstep.com:443")
						stdout, stderr, err := h.run(args...)
						require.Error(t, err, command)
						assert.Contains(t, stdout+stderr, file, command)
						assert.Contains(t, stdout+stderr, "install the complete chart", command)
					}
				})
			}
		}
	}
}
