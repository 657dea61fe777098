package migrate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// PageFile is the page, from the repository's root. Its table of the move is written by the
// tests of internal/migrate.
const PageFile = "docs/migrate.md"

const begin, end = "<!-- measured -->\n", "<!-- /measured -->"

// Page gives the page of the repository at root with what the move was measured with, which
// is marked where it is older than the tree.
func Page(root string) (string, error) {
	move, err := results.Read[Outcome](filepath.Join(root, "test", "e2e", "results", "migrate.json"))
	if err != nil {
		return "", err
	}
	today, err := measured.Known(root, move.From)
	if err != nil {
		return "", err
	}
	page, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(PageFile)))
	if err != nil {
		return "", err
	}
	before, rest, found := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("%s has no %s", PageFile, strings.TrimSpace(begin))
	}
	items := measured.Items(measured.Lines([]measured.Result{{Setup: move.Setup}}, today), 0)
	for _, known := range settings.Known {
		if known.Branch != "" && known.Minor == move.To {
			items = append(items, fmt.Sprintf("Istio %s is its development branch of %s, built from source, not the release.", known.Minor, known.Branch))
		}
	}
	return before + begin + "- " + strings.Join(items, "\n- ") + "\n" + end + after, nil
}
