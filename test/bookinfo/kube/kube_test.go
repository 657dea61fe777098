package kube_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/bookinfo/kube"
)

// Every role has its Deployment, its image and its role in it, and the same one
// in all three.
func TestManifestServesEveryRole(t *testing.T) {
	t.Parallel()
	text, err := kube.Manifests.ReadFile("bookinfo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	workload := regexp.MustCompile(`(?s)kind: Deployment\nmetadata:\n  name: (\S+)\n.*?` +
		`image: docker\.io/istio/examples-bookinfo-(\S+):1\.20\.3\n.*?name: BOOKINFO_ROLE\n\s+value: (\S+)\n`)
	found := map[bookinfo.Role]bool{}
	for _, m := range workload.FindAllStringSubmatch(string(text), -1) {
		role, err := bookinfo.ParseRole(m[3])
		if err != nil || m[1] != m[3] || m[2] != m[3] {
			t.Errorf("Deployment %s has image %s and role %s (%v)", m[1], m[2], m[3], err)
		}
		found[role] = true
	}
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, bookinfo.Roles()) {
		t.Errorf("Deployments for %v, want %v", got, bookinfo.Roles())
	}
}
