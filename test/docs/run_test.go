package docs

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = "../.."

// TestCommands runs what needs no cluster, page by page, each command as it
// stands there.
func TestCommands(t *testing.T) {
	blocks, err := Read(root)
	require.NoError(t, err)
	w := workspace(t)
	functions, page := "", ""
	run := func(block Block, s Statement) {
		t.Run(block.String(), func(t *testing.T) {
			require.NoError(t, w.Values(s))
			runs(t, w, functions, s)
		})
	}
	for _, block := range blocks {
		if block.Page != page {
			functions, page = "", block.Page
			require.NoError(t, w.Samples())
		}
		for _, s := range block.Statements {
			switch {
			case s.Function:
				functions += s.Text + "\n"
			case s.Suite == Target:
				run(block, dry(s))
			case s.Suite == Test:
				run(block, s)
			}
		}
	}
}

// workspace has the Helm that `make test` names.
func workspace(t *testing.T) *Workspace {
	t.Helper()
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must hold the path of a helm binary; `make test` sets it")
	w, err := NewWorkspace(root, t.TempDir(), map[string]string{"helm": helm})
	require.NoError(t, err)
	return w
}

// dry has make tell what it would do.
func dry(s Statement) Statement {
	s.Text = strings.Replace(s.Text, "make ", "make --dry-run ", 1)
	return s
}

func runs(t *testing.T, w *Workspace, functions string, s Statement) {
	t.Helper()
	if s.Shows != "" {
		printed, err := w.Run(t.Context(), functions+s.Text, "")
		require.Error(t, err, "a page that shows what is printed shows a mistake")
		// What Helm says at the end of every error is left off.
		assert.Equal(t, s.Shows, printed[:min(len(s.Shows), len(printed))], "what the page shows is not what is printed")
		return
	}
	_, err := w.Check(t.Context(), functions, s, "")
	require.NoError(t, err)
}

// TestProgram runs the README's Go program: it prints what the command prints.
func TestProgram(t *testing.T) {
	w := workspace(t)
	readme, err := os.ReadFile(root + "/README.md")
	require.NoError(t, err)
	program := regexp.MustCompile("(?s)```go\n(package main\n.*?)```").FindSubmatch(readme)
	require.NotNil(t, program, "README.md shows no program")
	require.NoError(t, os.Mkdir(w.Dir+"/program", 0o750))
	require.NoError(t, w.File("program/main.go", program[1]))
	got, err := w.Run(t.Context(), "go run ./program 2>objects.txt; cat objects.txt >&2", "")
	require.NoError(t, err)
	want, err := w.Run(t.Context(), "istio-lightstep render -f values.yaml 2>/dev/null", "")
	require.NoError(t, err)
	objects := strings.Count("\n"+want, "\n---\n")
	assert.Equal(t, want+fmt.Sprintf("%d objects\n", objects), got)

	_, err = w.Run(t.Context(), "sed -i s/1.31.1/1.3.0/ values.yaml; go run ./program", "")
	require.ErrorContains(t, err, "istio.version")
	formatted, err := w.Run(t.Context(), "gofmt -l program", "")
	require.NoError(t, err)
	assert.Empty(t, formatted, "the program is not formatted")
}

// TestNotes runs what NOTES tell to type, in the three forms they have.
func TestNotes(t *testing.T) {
	w := workspace(t)
	for _, values := range []string{
		"--set-string istio.version=1.31.0",
		"--set-string istio.version=1.14.6 --set accessTokenFrom.name=,global.tracer.lightstep.accessToken=t0kz9d6b7a1e4c52",
		"--set-string istio.version=1.4.10 --set accessTokenFrom.name=,global.tracer.lightstep.accessToken=t0kz9d6b7a1e4c52",
	} {
		t.Run(values, func(t *testing.T) {
			blocks, err := w.Notes(t.Context(), values)
			require.NoError(t, err)
			require.NotEmpty(t, blocks)
			for _, block := range blocks {
				for _, s := range block.Statements {
					if s.Suite == Test {
						s.Text = strings.Replace(s.Text, "-f VALUES", "-f VALUES "+values, 1)
						runs(t, w, "", s)
					}
				}
			}
		})
	}
}

// A new command that nobody runs fails, and so does output that passes for
// commands.
func TestReadRefuses(t *testing.T) {
	table, err := readTable()
	require.NoError(t, err)
	for page, want := range map[string]string{
		"```\nrm -rf /tmp/x\n```\n":                                 "page.md:2: no suite runs `rm -rf /tmp/x`",
		"```sh\nhelm template a | tee b\n```\n":                     "no suite runs `tee b`",
		"- x\n\n  ```console\n  $ helm rollback a\n  done\n  ```\n": "page.md:4: no suite runs `helm rollback a`",
		"```\nerror (all of it)\n```\n":                             "page.md:2: output is fenced as text",
		"<!-- not run: -->\n```\nfoo\n```\n":                        "no suite runs `foo`",
		"<!-- not run: why -->\n\ntext\n\n```\nfoo\n```\n":          "no suite runs `foo`",
	} {
		_, err := table.page("page.md", []byte(page))
		assert.ErrorContains(t, err, want, page)
	}
	for page, want := range map[string]Block{
		"<!-- not run: needs\nan account -->\n```\nfoo\n```\n": {Page: "page.md", Line: 4, Text: "foo\n", NotRun: "needs an account"},
		"```text\nfoo\n```\n~~~yaml\na: b\n~~~\n":              {},
		"1. x\n\n   ```\n   kubectl get x |\n     kubectl apply -f - # y\n   ```\n": {
			Page: "page.md", Line: 4, Text: "kubectl get x |\n  kubectl apply -f - # y\n",
			Statements: []Statement{{Line: 4, Text: "kubectl get x |\n  kubectl apply -f -", Suite: E2E}},
		},
		"```\n$ helm template a \\\n    b\nError: c\n```\n": {
			Page: "page.md", Line: 2, Text: "$ helm template a \\\n    b\nError: c\n",
			Statements: []Statement{{Line: 2, Text: "helm template a \\\n    b", Suite: Test, Shows: "Error: c\n"}},
		},
	} {
		blocks, err := table.page("page.md", []byte(page))
		require.NoError(t, err, page)
		if want.Page == "" {
			assert.Empty(t, blocks)
			continue
		}
		assert.Equal(t, []Block{want}, blocks, page)
	}
}

// The pages that people read first have commands of every suite.
func TestReadFindsThem(t *testing.T) {
	blocks, err := Read(root)
	require.NoError(t, err)
	pages := map[string]bool{}
	suites := map[Suite]bool{}
	for _, b := range blocks {
		pages[b.Page] = true
		for _, s := range b.Statements {
			suites[s.Suite] = true
		}
	}
	for _, page := range []string{
		"README.md", "CONTRIBUTING.md", "docs/upgrading.md", "docs/gitops.md", "docs/helm-test.md", "docs/dialects.md",
		"docs/migrate.md", "docs/doctor.md", "docs/doctor-trace.md", "charts/istio-lightstep/README.md",
	} {
		assert.True(t, pages[page], page)
	}
	assert.Equal(t, map[Suite]bool{Target: true, Test: true, Conformance: true, E2E: true}, suites)
	piped := regexp.MustCompile(`\|\s*istioctl install`)
	for _, b := range blocks {
		assert.NotRegexp(t, piped, b.Text, "%s: istioctl asks on the standard input that the pipe is", b)
	}
}
