package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

// Lookup gives the release of a minor; the error lists those there are.
func Lookup(minor string) (Istio, error) {
	i := slices.IndexFunc(Known, func(k Istio) bool { return k.Minor == minor })
	if i < 0 {
		var minors []string
		for _, k := range Known {
			minors = append(minors, k.Minor)
		}
		return Istio{}, fmt.Errorf("ISTIO=%s is not known: take one of %s", minor, strings.Join(minors, ", "))
	}
	return Known[i], nil
}

// Origin says where images come from.
type Origin string

const (
	// Build makes every image from source and loads it into the kind cluster.
	Build Origin = "build"
	// Pull leaves it to the cluster to pull the official images.
	Pull Origin = "pull"
)

// Settings is what a run uses; see the package's text for each.
type Settings struct {
	Istio  Istio
	Images Origin
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

	own bool
}

// Own says that the cluster is the user's, and is neither made nor deleted. It
// stays what it was when the settings were read.
func (s Settings) Own() bool { return s.own }

// FromEnv reads the settings through getenv, which gives "" for what is not
// set, as os.Getenv does. Root is the folder of the repository. The error holds
// all that is wrong.
func FromEnv(getenv func(string) string, root string) (Settings, error) {
	or := func(name, otherwise string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return otherwise
	}
	istio, istioErr := Lookup(or("ISTIO", Known[0].Minor))
	s := Settings{
		Istio:       istio,
		Images:      Origin(or("IMAGES", string(Build))),
		Cluster:     or("E2E_CLUSTER", "istio-lightstep"),
		Kubeconfig:  getenv("E2E_KUBECONFIG"),
		Context:     getenv("E2E_CONTEXT"),
		Gateway:     strings.TrimSuffix(getenv("E2E_GATEWAY"), "/"),
		Values:      getenv("E2E_VALUES"),
		Release:     or("E2E_RELEASE", "istio-lightstep"),
		Namespace:   or("E2E_NAMESPACE", "istio-system"),
		Application: or("E2E_APPLICATION", "default"),
		Artifacts:   or("E2E_ARTIFACTS", filepath.Join(os.TempDir(), "istio-lightstep-e2e")),
		KindConfig:  getenv("E2E_KIND_CONFIG"),
		Helm:        or("HELM3", "helm"),
		Cache:       cache(getenv),
		Root:        root,
		own:         getenv("E2E_KUBECONFIG") != "",
	}
	var keepErr, installedErr, originErr, ownErr error
	s.Keep, keepErr = flag("KEEP", getenv)
	s.Installed, installedErr = flag("E2E_INSTALLED", getenv)
	if s.Images != Build && s.Images != Pull {
		originErr = fmt.Errorf("IMAGES=%s is not known: take build or pull", s.Images)
	}
	if s.Installed && !s.Own() {
		ownErr = errors.New("E2E_INSTALLED is for a cluster of your own: set E2E_KUBECONFIG too")
	}
	return s, errors.Join(istioErr, keepErr, installedErr, originErr, ownErr)
}

// flag reads a variable that is 1, true or not set.
func flag(name string, getenv func(string) string) (bool, error) {
	switch v := getenv(name); v {
	case "", "0", "false":
		return false, nil
	case "1", "true":
		return true, nil
	default:
		return false, fmt.Errorf("%s=%s is neither 1 nor 0", name, v)
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
