package layers

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	module = "github.com/istio-lightstep/istio-lightstep/"
	page   = "../../docs/architecture.md"
)

var (
	row  = regexp.MustCompile("(?m)^\\| (\\d+) \\| (`.*) \\|$")
	name = regexp.MustCompile("`([^`]+)`")
)

// layers reads the page's table: the layer of each package.
func layers(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	found := map[string]int{}
	for _, line := range row.FindAllStringSubmatch(string(text), -1) {
		layer, err := strconv.Atoi(line[1])
		require.NoError(t, err)
		for _, match := range name.FindAllStringSubmatch(line[2], -1) {
			assert.NotContains(t, found, match[1], "%s names it twice", page)
			found[match[1]] = layer
		}
	}
	require.NotEmpty(t, found, "%s has no table of layers", page)
	return found
}

// imports asks Go for the packages outside of test/, and what of ours each imports.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./charts/...", "./cmd/...", "./internal/...", "./pkg/...")
	command.Dir = "../.."
	out, err := command.Output()
	require.NoError(t, err)
	of := map[string][]string{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var listed struct {
			ImportPath string
			Imports    []string
		}
		require.NoError(t, decoder.Decode(&listed))
		from := strings.TrimPrefix(listed.ImportPath, module)
		of[from] = []string{}
		for _, path := range listed.Imports {
			if to, ours := strings.CutPrefix(path, module); ours {
				of[from] = append(of[from], to)
			}
		}
	}
	return of
}

// A package imports packages of lower layers alone, so there is no circle and no arrow upward.
func TestPackagesImportLowerLayersOnly(t *testing.T) {
	layer, packages := layers(t), imports(t)
	for from, all := range packages {
		if !assert.Contains(t, layer, from, "%s does not name the package", page) {
			continue
		}
		for _, to := range all {
			assert.Less(t, layer[to], layer[from], "%s (layer %d) imports %s (layer %d): move one of them, or what they share to a lower layer",
				from, layer[from], to, layer[to])
		}
	}
	for named := range layer {
		assert.Contains(t, packages, named, "%s names a package that does not exist", page)
	}
}
