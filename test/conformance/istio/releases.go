package istio

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Release is one Istio release that conformance is tested against.
type Release struct {
	// Minor names the folder of the release's module, such as "1.14".
	Minor string
	// Version is the release, such as "1.14.0". The last minor is a snapshot
	// of the development branch and has no patch.
	Version string
	// CI is true for the releases every change is tested against. The others
	// are tested with ALL=1.
	CI bool
	// ChartsOutside is true where istioctl carries no charts and has to be
	// given them (--manifests).
	ChartsOutside bool
	// Bootstrap is true where the module has the program that writes a proxy's
	// bootstrap: proxies of these read the LightStep tracer's settings there.
	Bootstrap bool
}

// releases is ordered from old to new. The version of istio.io/istio itself
// stands in each module's go.mod.
var releases = []Release{
	{Minor: "1.4", Version: "1.4.1", CI: true},
	{Minor: "1.5", Version: "1.5.0", CI: true},
	{Minor: "1.7", Version: "1.7.0", ChartsOutside: true},
	{Minor: "1.8", Version: "1.8.0", ChartsOutside: true},
	{Minor: "1.9", Version: "1.9.0", ChartsOutside: true},
	{Minor: "1.10", Version: "1.10.0", Bootstrap: true},
	{Minor: "1.12", Version: "1.12.1"},
	{Minor: "1.14", Version: "1.14.0", CI: true, Bootstrap: true},
	{Minor: "1.16", Version: "1.16.1"},
	{Minor: "1.18", Version: "1.18.1"},
	{Minor: "1.20", Version: "1.20.0", CI: true},
	{Minor: "1.21", Version: "1.21.2"},
	{Minor: "1.22", Version: "1.22.1"},
	{Minor: "1.23", Version: "1.23.2"},
	{Minor: "1.24", Version: "1.24.0", CI: true},
	{Minor: "1.25", Version: "1.25.1"},
	{Minor: "1.26", Version: "1.26.0"},
	{Minor: "1.28", Version: "1.28.2"},
	{Minor: "1.29", Version: "1.29.1"},
	{Minor: "1.31", Version: "1.31", CI: true},
}

// Releases gives the releases to test, old to new: those of CI, every one if the
// environment variable ALL is "1", or the minors that it names, with commas between.
func Releases() []Release {
	all := os.Getenv("ALL")
	if all == "1" {
		return All()
	}
	if all != "" {
		minors := strings.Split(all, ",")
		return slices.DeleteFunc(All(), func(r Release) bool { return !slices.Contains(minors, r.Minor) })
	}
	return slices.DeleteFunc(All(), func(r Release) bool { return !r.CI })
}

// All gives every release, old to new.
func All() []Release { return slices.Clone(releases) }

// Find gives the release of a minor such as "1.14", in CI's list or not.
func Find(minor string) (Release, error) {
	var known []string
	for _, release := range releases {
		if release.Minor == minor {
			return release, nil
		}
		known = append(known, release.Minor)
	}
	return Release{}, fmt.Errorf("no module for Istio %q, there are: %s", minor, strings.Join(known, ", "))
}
