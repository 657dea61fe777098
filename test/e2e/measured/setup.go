package measured

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/test/docs/digest"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/offline/images"
)

// Setup is what a result was measured with. A field is empty where that was not
// recorded.
type Setup struct {
	// Commit is that of the tree, with "+" where it had changes, and At the time in UTC.
	Commit string `json:"commit,omitempty"`
	At     string `json:"at,omitempty"`
	// Build is the version of Istio's Go module that was built, such as
	// v0.0.0-20260827124520-eed52ebb66ad, or that of the published images.
	Build string `json:"istioBuild,omitempty"`
	// Envoy, Collector and Kubernetes are versions, and CNI names what gives pods their
	// network.
	Envoy      string `json:"envoy,omitempty"`
	Collector  string `json:"collector,omitempty"`
	Kubernetes string `json:"kubernetes,omitempty"`
	CNI        string `json:"cni,omitempty"`
	// Chart is the digest of what the chart renders by default, and Examples that of what
	// it renders with the values of all examples: see package digest.
	Chart    string `json:"chart,omitempty"`
	Examples string `json:"examples,omitempty"`
}

const published = ", as published"

// Today is what the tree at root has for an Istio, without commit and time. Pulled says
// of an image, by its official name, that it is pulled and not built; nil is none.
func Today(root string, of settings.Istio, pulled func(name string) bool) (Setup, error) {
	table, err := images.Table()
	if err != nil {
		return Setup{}, err
	}
	if pulled == nil {
		pulled = func(string) bool { return false }
	}
	chart, err := digest.Defaults(root)
	if err != nil {
		return Setup{}, err
	}
	examples, err := digest.Examples(root)
	if err != nil {
		return Setup{}, err
	}
	s := Setup{Chart: chart, Examples: examples, Build: of.Version + published, Envoy: "Istio's own"}
	for _, image := range table {
		switch {
		case image.Build == "node":
			s.Kubernetes, s.CNI = image.Tag(), "kindnetd of this repository"
			if pulled(image.Name) {
				s.CNI = "kindnetd of " + image.Name
			}
		case image.For == "the chart's collector":
			s.Collector = image.Tag()
		case image.Tag() != of.Version || pulled(image.Name):
		case image.Build == "pilot":
			if s.Build, err = istioOf(root, image.Module); err != nil {
				return Setup{}, err
			}
		case image.Build == "proxyv2":
			s.Envoy = image.Envoy.Version
		}
	}
	return s, nil
}

var istioModule = regexp.MustCompile(`(?m)^\s+istio\.io/istio (v\S+)`)

// istioOf gives the version of Istio that a module's go.mod has.
func istioOf(root, module string) (string, error) {
	file := filepath.Join(root, filepath.FromSlash(module), "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	found := istioModule.FindSubmatch(text)
	if found == nil {
		return "", fmt.Errorf("%s does not require istio.io/istio", file)
	}
	return string(found[1]), nil
}

// Result is one with its name.
type Result struct {
	Name string
	Setup
}

// Lines says what results were measured with: a line for each kind of setup, oldest
// first. Each names its results, unless they are all. What is not that of today is
// marked, and so is what may not be.
func Lines(of []Result, today Setup) []string {
	groups := map[Setup][]Result{}
	for _, r := range of {
		kind := r.Setup
		kind.At = ""
		groups[kind] = append(groups[kind], r)
	}
	kinds := make([]Setup, 0, len(groups))
	for kind := range groups {
		kinds = append(kinds, kind)
	}
	slices.SortFunc(kinds, func(a, b Setup) int {
		first, _ := times(groups[a])
		second, _ := times(groups[b])
		return cmp.Or(cmp.Compare(first, second), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	var lines []string
	for _, kind := range kinds {
		line := names(groups[kind], len(kinds) == 1) + ": " + kind.text(groups[kind])
		switch marks := kind.Marks(today); {
		case len(marks) > 0:
			line += " **Older than this tree**: " + strings.Join(marks, "; ") + "."
		case kind.Chart == "":
			line += " **Perhaps older than this tree**: what it was measured with is not recorded."
		case kind.Examples == "":
			line += " **Perhaps older than this tree**: what the chart rendered with other values is not recorded."
		case kind.Examples != today.Examples:
			line += " **Perhaps older than this tree**: what the chart renders with other values has changed since."
		}
		lines = append(lines, line)
	}
	return lines
}

func names(of []Result, all bool) string {
	if all {
		return "All"
	}
	var list []string
	for _, r := range of {
		list = append(list, r.Name)
	}
	return strings.Join(list, ", ")
}

func times(of []Result) (first, last string) {
	for _, r := range of {
		if first == "" || r.At < first {
			first = r.At
		}
		last = max(last, r.At)
	}
	return first, last
}

// text says what is recorded, and of what nothing is.
func (s Setup) text(of []Result) string {
	var said, lacking []string
	first, last := times(of)
	if first != last {
		first += " to " + last
	}
	for _, part := range []struct{ name, value string }{
		{"commit", s.Commit},
		{"", first},
		{"Istio", s.Build},
		{"Envoy", s.Envoy},
		{"collector", s.Collector},
		{"Kubernetes", s.Kubernetes},
		{"CNI", s.CNI},
		{"chart", s.Chart},
		{"examples", s.Examples},
	} {
		if part.value == "" && part.name == "examples" {
			continue // the mark says so
		}
		if part.value == "" {
			lacking = append(lacking, cmp.Or(part.name, "date"))
			continue
		}
		said = append(said, strings.TrimSpace(part.name+" "+part.value))
	}
	if len(lacking) > 0 {
		said = append(said, "not recorded: "+strings.Join(lacking, ", "))
	}
	return strings.Join(said, "; ") + "."
}

// Marks says what is recorded and is not that of today.
func (s Setup) Marks(today Setup) []string {
	var marks []string
	for _, part := range []struct{ name, then, now string }{
		{"Istio", s.Build, today.Build},
		{"Envoy", s.Envoy, today.Envoy},
		{"collector", s.Collector, today.Collector},
		{"Kubernetes", s.Kubernetes, today.Kubernetes},
		{"CNI", s.CNI, today.CNI},
	} {
		if part.then != "" && part.then != part.now {
			marks = append(marks, fmt.Sprintf("measured with %s %s, and it has %s", part.name, part.then, part.now))
		}
	}
	if s.Chart != "" && s.Chart != today.Chart {
		marks = append(marks, "what the chart renders by default has changed since")
	}
	return marks
}

// ErrUnknown says that nothing is known of an Istio.
var ErrUnknown = errors.New("no release of the suite has this version")

// Known gives what the tree has for a version of Istio that the suite knows, such as
// 1.28.2.
func Known(root, version string) (Setup, error) {
	for _, known := range settings.Known {
		if known.Version == version {
			return Today(root, known, nil)
		}
	}
	return Setup{}, fmt.Errorf("istio %s: %w", version, ErrUnknown)
}
