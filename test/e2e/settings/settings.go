package settings

import (
	"cmp"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Istio names a release of Istio that the suite knows.
type Istio struct {
	// Minor is how users name it, such as 1.31.
	Minor string
	// Version is the tag of its images, such as 1.31.0.
	Version string
	// Branch is the day of the development branch that stands in for the
	// release, such as 2026-08-27; empty where the release's own tag is built.
	Branch string
	// RouterSpan says that a gateway makes a span of its own for what it sends,
	// beside the one for what it takes: from 1.28 on.
	RouterSpan bool
	// Direct says that proxies can deliver directly with a token: from 1.26 on.
	Direct bool
	// GatewayAPI is the version of networking.istio.io for Bookinfo's Gateway.
	GatewayAPI string
}

// Known lists the releases of Istio, newest first.
var Known = []Istio{
	{Minor: "1.31", Version: "1.31.0", Branch: "2026-08-27", RouterSpan: true, Direct: true, GatewayAPI: "v1"},
	{Minor: "1.28", Version: "1.28.2", RouterSpan: true, Direct: true, GatewayAPI: "v1"},
	{Minor: "1.20", Version: "1.20.0", GatewayAPI: "v1alpha3"},
}

// Lookup gives a release by its minor, such as 1.28, or by a patch of it, such as
// 1.28.5, whose images a registry has to have. Others than [Known] can be observed, and
// tested where they are installed already; the error of [Istio.Installable] says so.
func Lookup(version string) (Istio, error) {
	parts := strings.Split(version, ".")
	var numbers []int
	for _, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil {
			return Istio{}, fmt.Errorf("istio %s is not a version: take one of %s, or a patch such as %s", version, minors(), Known[0].Version)
		}
		numbers = append(numbers, n)
	}
	if len(numbers) < 2 || len(numbers) > 3 || numbers[0] != 1 || numbers[1] < oldest {
		return Istio{}, fmt.Errorf("istio %s is not known: take one of %s, or a patch such as %s", version, minors(), Known[0].Version)
	}
	minor := strings.Join(parts[:2], ".")
	i := slices.IndexFunc(Known, func(k Istio) bool { return k.Minor == minor })
	istio := Istio{Minor: minor, Version: minor + ".0", RouterSpan: numbers[1] >= 28, Direct: numbers[1] >= 26, GatewayAPI: "v1"}
	if numbers[1] < 22 {
		istio.GatewayAPI = "v1alpha3"
	}
	if i >= 0 {
		istio = Known[i]
	}
	if len(parts) == 3 && version != istio.Version {
		istio.Version, istio.Branch = version, ""
	}
	return istio, nil
}

// oldest is the oldest minor of Istio 1 whose proxies name services as the suite
// expects.
const oldest = 16

// Installable is nil for a release whose istioctl the suite can make.
func (i Istio) Installable() error {
	if slices.ContainsFunc(Known, func(k Istio) bool { return k.Minor == i.Minor }) {
		return nil
	}
	return fmt.Errorf("istio %s can be tested where it is installed already (E2E_INSTALLED=1); those that the suite installs are %s", i.Minor, minors())
}

func minors() string {
	var all []string
	for _, k := range Known {
		all = append(all, k.Minor)
	}
	return strings.Join(all, ", ")
}

// Origin says where images come from.
type Origin string

const (
	// Auto pulls what a registry has, and builds all else.
	Auto Origin = "auto"
	// Build makes every image from source and loads it into the kind cluster.
	Build Origin = "build"
	// Pull takes the official images, and fails where there is none.
	Pull Origin = "pull"
)

// Settings is what a run uses; see the package's text for each.
type Settings struct {
	Suite  Suite
	Istio  Istio
	Images Origin
	// Mirror is a registry that has what all others have.
	Mirror string
	Keep   bool
	// Cluster is the name of the kind cluster.
	Cluster string
	// Kubeconfig is that of a cluster of the user's, or the run's own once it has
	// its kind cluster: see [Settings.Own].
	Kubeconfig  string
	Context     string
	Installed   bool
	Gateway     string
	Values      string
	Release     string
	Namespace   string
	Application string
	Artifacts   string
	KindConfig  string
	Helm        string
	// Cache is the project's folder of built things, outside of the tree.
	Cache string
	// Root is the folder of the repository.
	Root string

	// Run is the id of the run on a cluster of the user's.
	Run string
	// Changes is the context of a cluster of the user's that may be changed.
	Changes string
	// Observed is what the suite [Observe] looks at.
	Observed Observed

	own bool
}

// Observed is what the suite [Observe] looks at; see the table for each.
type Observed struct {
	URL, Source, Tree, CA string
	Requests              int
}

// Own says that the cluster is the user's, and is neither made nor deleted. It
// stays what it was when the settings were read.
func (s Settings) Own() bool { return s.own }

// Flags adds a flag for each setting of the table to a set. Their defaults are
// what getenv gives, which is "" for what is not set, as with os.Getenv.
func Flags(set *flag.FlagSet, getenv func(string) string) *Flagged {
	f := &Flagged{getenv: getenv, values: map[string]*string{}}
	for _, s := range Table {
		value := s.Default
		if v := getenv(s.Env); v != "" {
			value = v
		}
		f.values[s.Flag] = set.String(s.Flag, value, s.Usage+" ("+s.Env+")")
	}
	return f
}

// Flagged are flags that were added to a set.
type Flagged struct {
	getenv func(string) string
	values map[string]*string
}

// Settings gives what the flags say once they are parsed. Root is the folder of
// the repository. The error holds all that is wrong.
func (f *Flagged) Settings(root string) (Settings, error) {
	of := func(name string) string { return *f.values[name] }
	istio, istioErr := Lookup(of("istio"))
	s := Settings{
		Suite:       Suite(of("suite")),
		Istio:       istio,
		Images:      Origin(of("images")),
		Mirror:      of("mirror"),
		Cluster:     of("cluster"),
		Kubeconfig:  of("kubeconfig"),
		Context:     of("context"),
		Gateway:     strings.TrimSuffix(of("gateway"), "/"),
		Values:      of("values"),
		Release:     of("release"),
		Namespace:   of("namespace"),
		Application: of("application"),
		Artifacts:   of("artifacts"),
		KindConfig:  of("kind-config"),
		Helm:        of("helm"),
		Cache:       cache(f.getenv),
		Root:        root,
		Changes:     of("changes"),
		Observed:    Observed{URL: of("url"), Source: of("source"), Tree: of("tree"), CA: of("ca")},
		own:         of("kubeconfig") != "" || of("context") != "",
	}
	s.defaults()
	if s.Artifacts == "" {
		s.Artifacts = filepath.Join(os.TempDir(), "istio-lightstep-e2e")
	}
	var keepErr, installedErr, originErr, ownErr, requestsErr error
	if s.Observed.Requests, requestsErr = strconv.Atoi(of("requests")); requestsErr != nil || s.Observed.Requests < 1 {
		requestsErr = fmt.Errorf("requests %s is not a number of requests", of("requests"))
	}
	s.Keep, keepErr = yes("keep", of("keep"))
	s.Installed, installedErr = yes("installed", of("installed"))
	if !slices.Contains([]Origin{Auto, Build, Pull}, s.Images) {
		originErr = fmt.Errorf("images %s is not known: take auto, build or pull", s.Images)
	}
	if istioErr == nil && !s.Installed && s.Suite != Observe {
		istioErr = istio.Installable()
	}
	if s.Installed && !s.Own() {
		ownErr = errors.New("installed is for a cluster of your own: set kubeconfig (E2E_KUBECONFIG) too")
	}
	return s, errors.Join(s.Suite.check(), istioErr, keepErr, installedErr, originErr, ownErr, requestsErr, s.Harmless())
}

// defaults fills in what depends on whose cluster it is.
func (s *Settings) defaults() {
	if !s.own {
		s.Suite, s.Application = cmp.Or(s.Suite, Quick), cmp.Or(s.Application, "default")
		return
	}
	s.Run = strings.ToLower(rand.Text()[:8])
	s.Suite, s.Application = cmp.Or(s.Suite, Observe), cmp.Or(s.Application, "bookinfo-"+s.Run)
}

// Harmless is nil where the suite may run on the cluster: what changes a mesh runs on a
// cluster that was made for it, or on one of the user's that the setting changes names.
// What takes nodes apart, or leaves another Istio behind, runs on the former alone.
func (s Settings) Harmless() error {
	if !s.own || s.Suite == Observe {
		return nil
	}
	if s.Suite != Quick {
		return fmt.Errorf("the suite %s runs on a kind cluster of its own alone: leave out kubeconfig and context, or take SUITE=e2e or observe", s.Suite)
	}
	if s.Changes == "" {
		return fmt.Errorf("the suite %s changes the cluster that it runs on, and this one is yours: take SUITE=observe, "+
			"or name the context of a cluster that may be changed by changes (E2E_CHANGES)", s.Suite)
	}
	return nil
}

// yes reads a setting that is 1 or true, or not.
func yes(name, value string) (bool, error) {
	switch value {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	default:
		return false, fmt.Errorf("%s %s is neither 1 nor 0", name, value)
	}
}

// cache is where the project keeps what it builds: the rule of test/tools.
func cache(getenv func(string) string) string {
	if dir := getenv("ISTIO_LIGHTSTEP_CACHE"); dir != "" {
		return dir
	}
	if dir := getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "istio-lightstep")
	}
	return filepath.Join(getenv("HOME"), ".cache", "istio-lightstep")
}
