//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// Sizes of the collectors' volumes: those of [mesh.values], and larger ones.
const (
	usualVolume  = "100Mi"
	largerVolume = "200Mi"
)

// anotherVolume follows docs/values.md, "Another volume", both ways, with traffic
// running: an upgrade alone is refused, the claims are enlarged, and then made
// anew for a smaller volume. No request fails and no trace is lost.
func anotherVolume(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.install(t)
	m.tracing(t, m.bookinfo())
	running := m.page().Start(t.Context(), 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	larger := release.Values{"collector": tree{"persistence": tree{"size": largerVolume}}}
	_, refused := m.release().Upgrade(t, t.Context(), m.values(), larger)
	require.ErrorContains(t, refused, "LS-COLLECTOR-VOLUME-CHANGED")

	m.enlargeClaims(t)
	m.orphanCollectors(t)
	_, err := m.release().Upgrade(t, t.Context(), m.values(), larger)
	require.NoError(t, err)
	m.step("volumes are %s", largerVolume)

	m.orphanCollectors(t)
	_, err = m.release().Upgrade(t, t.Context(), m.values())
	require.NoError(t, err)
	for i := range 2 {
		m.claimAnew(t, i)
	}
	m.step("volumes are %s again, made anew", usualVolume)
	time.Sleep(5 * time.Second) // Requests after all.
	report, err := m.verdict(t.Context(), m.bookinfo(), running.Stop(), arrival)
	require.NoError(t, err)
	m.step("%s: %s", t.Name(), report)
}

// collector is the name of a collector's pod.
func (m *mesh) collector(i int) string { return fmt.Sprintf("%s-collector-%d", m.Release, i) }

// enlargeClaims asks for larger volumes, and does what a provisioner does that
// can enlarge them: kind's cannot.
func (m *mesh) enlargeClaims(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	core, patch := m.cluster.Kubernetes.CoreV1(), func(text string, args ...any) []byte { return fmt.Appendf(nil, text, args...) }
	classes := m.cluster.Kubernetes.StorageV1().StorageClasses()
	list, err := classes.List(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	for _, class := range list.Items {
		allow := func(expansion bool) {
			_, err := classes.Patch(context.WithoutCancel(ctx), class.Name, types.MergePatchType,
				patch(`{"allowVolumeExpansion":%t}`, expansion), metav1.PatchOptions{})
			require.NoError(t, err)
		}
		allow(true)
		t.Cleanup(func() { allow(false) })
	}
	for i := range 2 {
		name := "queue-" + m.collector(i)
		claim, err := core.PersistentVolumeClaims(m.Namespace).Patch(ctx, name, types.StrategicMergePatchType,
			patch(`{"spec":{"resources":{"requests":{"storage":%q}}}}`, largerVolume), metav1.PatchOptions{})
		require.NoError(t, err)
		_, err = core.PersistentVolumes().Patch(ctx, claim.Spec.VolumeName, types.StrategicMergePatchType,
			patch(`{"spec":{"capacity":{"storage":%q}}}`, largerVolume), metav1.PatchOptions{})
		require.NoError(t, err)
		_, err = core.PersistentVolumeClaims(m.Namespace).Patch(ctx, name, types.StrategicMergePatchType,
			patch(`{"status":{"capacity":{"storage":%q}}}`, largerVolume), metav1.PatchOptions{}, "status")
		require.NoError(t, err)
	}
}

// orphanCollectors deletes the StatefulSet and keeps its pods.
func (m *mesh) orphanCollectors(t *testing.T) {
	t.Helper()
	orphan := metav1.DeletePropagationOrphan
	err := m.cluster.Kubernetes.AppsV1().StatefulSets(m.Namespace).Delete(t.Context(), m.Release+"-collector",
		metav1.DeleteOptions{PropagationPolicy: &orphan})
	require.NoError(t, err)
	for i := range 2 {
		_, err := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace).Get(t.Context(), m.collector(i), getOptions)
		require.NoError(t, err, "pods stay")
	}
}

// claimAnew deletes a collector's claim and pod once its queue is empty, and
// waits until it is ready with a claim of the usual size.
func (m *mesh) claimAnew(t *testing.T, i int) {
	t.Helper()
	ctx := t.Context()
	of := m.faulty(t, faults.Collector)
	require.NoError(t, wait.PollUntilContextTimeout(ctx, time.Second, time.Minute, true, func(ctx context.Context) (bool, error) {
		values, err := of.Metrics(ctx)
		return err == nil && values["otelcol_exporter_queue_size"] == 0, nil
	}), "the queues get empty")
	core, name := m.cluster.Kubernetes.CoreV1(), "queue-"+m.collector(i)
	old, err := core.PersistentVolumeClaims(m.Namespace).Get(ctx, name, getOptions)
	require.NoError(t, err)
	require.NoError(t, core.PersistentVolumeClaims(m.Namespace).Delete(ctx, name, metav1.DeleteOptions{}))
	require.NoError(t, core.Pods(m.Namespace).Delete(ctx, m.collector(i), metav1.DeleteOptions{}))
	pending := 0
	require.NoError(t, wait.PollUntilContextTimeout(ctx, time.Second, 2*time.Minute, false, func(ctx context.Context) (bool, error) {
		claim, err := core.PersistentVolumeClaims(m.Namespace).Get(ctx, name, getOptions)
		pod, podErr := core.Pods(m.Namespace).Get(ctx, m.collector(i), getOptions)
		if podErr != nil || pod.DeletionTimestamp != nil {
			return false, nil //nolint:nilerr // the StatefulSet has not made the pod yet
		}
		if err == nil && claim.UID != old.UID && claim.Status.Phase == corev1.ClaimBound {
			return m.cluster.Ready(ctx, m.Namespace) == nil, nil
		}
		// As the page has it: a pod that found the old claim stays pending.
		if pending++; pending%10 == 0 && pod.Status.Phase == corev1.PodPending {
			return false, core.Pods(m.Namespace).Delete(ctx, m.collector(i), metav1.DeleteOptions{})
		}
		return false, nil
	}), "collector %d comes back", i)
	claim, err := core.PersistentVolumeClaims(m.Namespace).Get(ctx, name, getOptions)
	require.NoError(t, err)
	size := claim.Status.Capacity[corev1.ResourceStorage]
	assert.Zero(t, size.Cmp(resource.MustParse(usualVolume)), "%s", size.String())
}
