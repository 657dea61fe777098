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

	// Today is what the tree has for its Istio; nil where that is the Istio of all.
	Today *Setup
}

// kind is what results of one line have in common.
type kind struct {
	Setup

	age Age
	why string
}

// Lines says what results were measured with: a line for each kind of setup, oldest
// first. Each names its results, unless they are all. What is not that of today is
// marked, and so is what may not be.
func Lines(of []Result, today Setup) []string {
	groups := map[kind][]Result{}
	for _, r := range of {
		k := kind{Setup: r.Setup}
		if k.At != "" {
			k.At = "dated" // one without a date is not among those of a time
		}
		now := today
		if r.Today != nil {
			now = *r.Today
		}
		k.age, k.why = r.Age(now)
		groups[k] = append(groups[k], r)
	}
	kinds := make([]kind, 0, len(groups))
	for k := range groups {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b kind) int {
		first, _ := times(groups[a])
		second, _ := times(groups[b])
		return cmp.Or(cmp.Compare(first, second), cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)))
	})
	var lines []string
	for _, k := range kinds {
		line := names(groups[k], len(kinds) == 1) + ": " + k.text(groups[k])
		if k.age != Current {
			line += " **" + string(k.age) + "**: " + k.why + "."
		}
		lines = append(lines, line)
	}
	return lines
}

// Age says whether a result may be of another product than the tree's.
type Age string

// The ages there are. Of what is perhaps older, too little is recorded, or what changed
// since may be none of its.
const (
	Current Age = ""
	Perhaps Age = "Perhaps older than this tree"
	Older   Age = "Older than this tree"
)

// Age says how old it is against today, and why.
func (s Setup) Age(today Setup) (age Age, why string) {
	switch marks := s.Marks(today); {
	case len(marks) > 0:
		return Older, strings.Join(marks, "; ")
	case s.Chart == "":
		return Perhaps, "what it was measured with is not recorded"
	case s.Examples == "":
		return Perhaps, "what the chart rendered with other values is not recorded"
	case s.Examples != today.Examples:
		return Perhaps, "what the chart renders with other values has changed since"
	}
	return Current, ""
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
