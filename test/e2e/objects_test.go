//go:build e2e

package e2e_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
)

// everyObject gives all objects of the cluster, of whatever kind, to all that
// reads objects in doctor and migrate: nothing may panic.
func everyObject(t *testing.T, m *mesh) {
	m.released(t)
	file := filepath.Join(t.TempDir(), "objects.json")
	kinds, objects := m.dump(t, file)
	// Kubernetes, Istio's definitions and the chart's own at least.
	require.Greater(t, kinds, 25)
	require.Greater(t, objects, 300)
	begun := time.Now()
	packages := []string{"./internal/mesh", "./internal/doctor"}
	run := exec.CommandContext(t.Context(), "go", append([]string{"test", "-count=1", "-v", "-run", "^TestEveryObject"}, packages...)...)
	run.Dir, run.Env = m.Root, append(os.Environ(), "OBJECTS="+file)
	said, err := run.CombinedOutput()
	require.NoError(t, err, "%s", said)
	// go test is content where there is no such test, and a test may skip itself.
	for _, test := range []string{"TestEveryObjectIsReadWithoutAPanic", "TestEveryObjectIsExaminedWithoutAPanic", "TestEveryObjectIsMigratedWithoutAPanic"} {
		require.Contains(t, string(said), "--- PASS: "+test+" ", "%s", said)
	}
	m.step("%d objects of %d kinds are read, examined and migrated without a panic, in %.0f s", objects, kinds, time.Since(begun).Seconds())
}

// dump writes every object that the cluster serves to a file, a line of JSON
// each. Some of them are secrets: nobody else may read it.
func (m *mesh) dump(t *testing.T, name string) (kinds, objects int) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	require.NoError(t, err)
	out := bufio.NewWriter(file)
	lists, err := discovery.ServerPreferredResources(m.cluster.Kubernetes.Discovery())
	// An API that is served by somebody else may be away.
	if !discovery.IsGroupDiscoveryFailedError(err) {
		require.NoError(t, err)
	}
	listed := discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"list", "get"}}, lists)
	for _, list := range listed {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(t, err)
		for _, resource := range list.APIResources {
			found := m.dumpResource(t, gv.WithResource(resource.Name), out)
			objects += found
			if found > 0 {
				kinds++
			}
		}
	}
	require.NoError(t, out.Flush())
	require.NoError(t, file.Close())
	return kinds, objects
}

// dumpResource writes the objects of a resource, page by page.
func (m *mesh) dumpResource(t *testing.T, of schema.GroupVersionResource, out *bufio.Writer) (objects int) {
	t.Helper()
	options := metav1.ListOptions{Limit: 500}
	for {
		list, err := m.cluster.Dynamic.Resource(of).List(t.Context(), options)
		require.NoError(t, err, of.String())
		for i := range list.Items {
			line, err := list.Items[i].MarshalJSON()
			require.NoError(t, err)
			_, err = out.Write(line) // with a newline of its own
			require.NoError(t, err)
			objects++
		}
		if options.Continue = list.GetContinue(); options.Continue == "" {
			return objects
		}
	}
}
