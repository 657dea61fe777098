package settings

import (
	"fmt"
	"slices"
	"strings"
)

// Suite is a group of end-to-end tests that run on one cluster.
type Suite string

// The suites there are.
const (
	Observe Suite = "observe" // requests to a mesh, and nothing else
	Quick   Suite = "e2e"     // what every change is run through: every span, within minutes
	All     Suite = "all"     // every item of TestMesh
	Doctor  Suite = "doctor"  // every breakage that doctor is to find
	Faults  Suite = "faults"  // every fault that spans are to survive
	Load    Suite = "load"    // how much a collector handles
	Migrate Suite = "migrate" // from an old Istio to a new one
	Demo    Suite = "demo"    // a mesh to look at
)

const suites = "observe, e2e, all, doctor, faults, load, migrate, demo"

func (s Suite) check() error {
	if !slices.Contains(strings.Split(suites, ", "), string(s)) {
		return fmt.Errorf("suite %s is not known: take one of %s", s, suites)
	}
	return nil
}

// Node is the file of kind's configuration that the suite needs.
func (s Suite) Node() string {
	if s == Faults {
		return "kind-two-nodes.yaml" // A node that fails is to leave another.
	}
	return "kind.yaml"
}

// Further are the versions of Istio that the suite needs beside the run's own.
func (s Suite) Further() []string {
	switch s {
	case All:
		return []string{"1.28.2"} // which the upgrade starts from
	case Migrate:
		return []string{"1.31.0"} // which it leads to
	default:
		return nil
	}
}
