//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/insync"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// synced is a release as a tool for GitOps applies it.
type synced struct {
	name      string
	values    []string // files, a later one over an earlier one
	namespace string   // that of the release; Istio's is another, so that nothing reaches the mesh
	teams     []string // further ones that get a Telemetry
	objects   []*unstructured.Unstructured
}

// syncs is the field manager of Argo CD.
const syncs = "argocd-controller"

// nothingOutOfSync applies every example, the clusters of the fleet, and values of all that
// they leave out, as GitOps' tools do. Controllers have had time to act when each object is read: every
// field has the value that was rendered, nobody else owns one of them, and applying it
// again would change nothing.
func nothingOutOfSync(t *testing.T, m *mesh) {
	m.operatorDefinitions(t)
	all := m.toSync(t)
	t.Cleanup(func() { m.unsync(t, all) })
	for _, s := range all {
		m.sync(t, s)
	}
	time.Sleep(30 * time.Second) // an autoscaler looks every 15
	objects, fields := 0, 0
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			for _, o := range s.objects {
				m.inSync(t, s, o)
				objects, fields = objects+1, fields+leaves(o.Object)
			}
		})
	}
	if t.Failed() {
		return
	}
	m.step("%d objects of %d sets of values: all %d fields are kept as they were rendered", objects, len(all), fields)
}

// toSync gives the values of each example, of each cluster of the fleet, and of what they
// leave out.
func (m *mesh) toSync(t *testing.T) []*synced {
	t.Helper()
	examples := filepath.Join(m.Root, "examples")
	var all []*synced
	for _, of := range []struct {
		files, prefix string
		below         []string
		least         int
	}{
		{files: filepath.Join(examples, "*", "values.yaml"), least: 16},
		{files: filepath.Join(examples, "fleet", "clusters", "*.yaml"), prefix: "fleet-", below: []string{filepath.Join(examples, "fleet", "base.yaml")}, least: 2},
		{files: filepath.Join("testdata", "sync", "*.yaml"), least: 1},
	} {
		files, err := filepath.Glob(of.files)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(files), of.least, of.files)
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".yaml")
			if name == "values" {
				name = filepath.Base(filepath.Dir(file))
			}
			name = of.prefix + name
			all = append(all, &synced{name: name, values: append(slices.Clone(of.below), file), namespace: "sync-" + strings.ReplaceAll(name, ".", "-")})
		}
	}
	return all
}

// operatorDefinitions has the cluster know the kinds of the Prometheus Operator.
func (m *mesh) operatorDefinitions(t *testing.T) {
	t.Helper()
	const operator = "github.com/prometheus-operator/prometheus-operator"
	command := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", operator)
	command.Dir = filepath.Join(m.Root, "test/offline/images/modules/prometheus-operator")
	said, err := command.Output()
	require.NoError(t, err, "%s", said)
	var module struct{ Dir string }
	require.NoError(t, json.Unmarshal(said, &module))
	for _, name := range []string{"podmonitors", "prometheusrules"} {
		text, err := os.ReadFile(filepath.Join(module.Dir, "example/prometheus-operator-crd/monitoring.coreos.com_"+name+".yaml"))
		require.NoError(t, err)
		require.NoError(t, m.cluster.Apply(t.Context(), "", string(text)))
		t.Cleanup(func() { assert.NoError(t, m.cluster.Delete(context.WithoutCancel(t.Context()), "", string(text))) })
	}
}

// sync renders a release and applies its objects.
func (m *mesh) sync(t *testing.T, s *synced) {
	t.Helper()
	ctx := t.Context()
	root := s.namespace + "-istio"
	for _, namespace := range []string{s.namespace, root} {
		require.NoError(t, m.cluster.Namespace(ctx, namespace, nil))
	}
	m.withoutPods(t, s.namespace)
	of := release.New(m.cluster, m.Release, s.namespace, m.Root+"/charts/istio-lightstep", s.values...)
	of.Kube = m.kubernetes(t)
	text, err := of.Document(t, ctx, "cluster", release.Values{
		"istio": tree{"namespace": root, "rootNamespace": ""},
		// No namespace of the mesh's gets an object.
		"cacert":   tree{"namespaces": []string{s.namespace}},
		"gateways": []tree{{"name": "gateway", "namespace": s.namespace, "selector": tree{"istio": "gateway"}}},
	})
	require.NoError(t, err)
	s.objects, err = cluster.Decode(text)
	require.NoError(t, err)
	s.objects = slices.DeleteFunc(s.objects, isHook)
	for _, o := range s.objects {
		if known := append([]string{"", s.namespace, root}, s.teams...); !slices.Contains(known, o.GetNamespace()) {
			m.namespaceOfTeam(t, s, o)
		}
		_, err := m.resource(t, s, o).Apply(ctx, o.GetName(), o, metav1.ApplyOptions{FieldManager: syncs, Force: true})
		require.NoError(t, err, "%s", s.of(o))
	}
}

// namespaceOfTeam makes the namespace that a Telemetry of telemetry.namespaces is in. One
// that is there is somebody else's, whose spans it would change.
func (m *mesh) namespaceOfTeam(t *testing.T, s *synced, o *unstructured.Unstructured) {
	t.Helper()
	require.Equal(t, "Telemetry", o.GetKind(), "%s in %s", s.of(o), o.GetNamespace())
	_, err := m.cluster.Kubernetes.CoreV1().Namespaces().Get(t.Context(), o.GetNamespace(), getOptions)
	require.True(t, apierrors.IsNotFound(err), "%s: namespace %s is there: %v", s.of(o), o.GetNamespace(), err)
	s.teams = append(s.teams, o.GetNamespace())
	require.NoError(t, m.cluster.Namespace(t.Context(), o.GetNamespace(), nil))
}

// of names an object in a failure.
func (s *synced) of(o *unstructured.Unstructured) string {
	return fmt.Sprintf("%s: %s %s", s.name, o.GetKind(), o.GetName())
}

// again gives what an object would be if it were applied now.
func (m *mesh) again(t *testing.T, s *synced, o *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	dry := metav1.ApplyOptions{FieldManager: syncs, Force: true, DryRun: []string{metav1.DryRunAll}}
	kept, err := m.resource(t, s, o).Apply(t.Context(), o.GetName(), o, dry)
	require.NoError(t, err, "%s", s.of(o))
	return kept
}

// withoutPods keeps the cluster from the pods and volumes of so many releases.
func (m *mesh) withoutPods(t *testing.T, namespace string) {
	t.Helper()
	none := resource.MustParse("0")
	_, err := m.cluster.Kubernetes.CoreV1().ResourceQuotas(namespace).Create(t.Context(), &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "none"},
		Spec:       corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{corev1.ResourcePods: none, corev1.ResourcePersistentVolumeClaims: none}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
}

func (m *mesh) resource(t *testing.T, s *synced, o *unstructured.Unstructured) dynamic.ResourceInterface {
	t.Helper()
	resource, err := m.cluster.Resource(o, s.namespace)
	require.NoError(t, err)
	return resource
}

// isHook tells what Helm makes at a time of its own: tools for GitOps do not keep it in
// sync.
func isHook(o *unstructured.Unstructured) bool {
	_, ok := o.GetAnnotations()["helm.sh/hook"]
	return ok
}

// inSync looks at an object that was applied.
func (m *mesh) inSync(t *testing.T, s *synced, o *unstructured.Unstructured) {
	t.Helper()
	of, resource := s.of(o), m.resource(t, s, o)
	kept, err := resource.Get(t.Context(), o.GetName(), getOptions)
	require.NoError(t, err, of)
	assert.Empty(t, insync.Differences(o.Object, kept.Object), of)
	mine := 0
	for _, entry := range kept.GetManagedFields() {
		var fields map[string]any
		require.NoError(t, json.Unmarshal(entry.FieldsV1.GetRawBytes(), &fields))
		if entry.Manager == syncs && entry.Operation == metav1.ManagedFieldsOperationApply {
			mine++
			assert.Empty(t, insync.Owned(o.Object, fields), of)
			continue
		}
		assert.Empty(t, insync.Taken(o.Object, fields), "%s: %s", of, entry.Manager)
	}
	assert.Equal(t, 1, mine, of)
	// Whoever else writes may do it between the two.
	for range 5 {
		again := m.again(t, s, o)
		if reflect.DeepEqual(withoutWriters(kept), withoutWriters(again)) {
			return
		}
		kept, err = resource.Get(t.Context(), o.GetName(), getOptions)
		require.NoError(t, err, of)
	}
	assert.Equal(t, withoutWriters(kept), withoutWriters(m.again(t, s, o)), "%s: it would change", of)
}

// withoutWriters is an object without what says who wrote what last.
func withoutWriters(o *unstructured.Unstructured) map[string]any {
	object := o.DeepCopy()
	delete(object.Object, "status")
	object.SetResourceVersion("")
	object.SetManagedFields(nil)
	return object.Object
}

// leaves counts the fields of a value.
func leaves(value any) int {
	sum := 0
	switch value := value.(type) {
	case map[string]any:
		for inner := range maps.Values(value) {
			sum += leaves(inner)
		}
	case []any:
		for _, inner := range value {
			sum += leaves(inner)
		}
	default:
		return 1
	}
	return sum
}

// unsync takes it all away.
func (m *mesh) unsync(t *testing.T, all []*synced) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	var namespaces []string
	for _, s := range all {
		namespaces = append(namespaces, s.namespace, s.namespace+"-istio")
		namespaces = append(namespaces, s.teams...)
	}
	for _, namespace := range namespaces {
		// All at once: each takes its time.
		_ = m.cluster.Kubernetes.CoreV1().Namespaces().Delete(ctx, namespace, metav1.DeleteOptions{})
	}
	for _, namespace := range namespaces {
		assert.NoError(t, m.cluster.DeleteNamespace(ctx, namespace))
	}
}
