//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// way is the path to one backend, as helm test and doctor backend name it: before they go
// it, and in what they find.
type way struct{ name, heading, called string }

func (s several) ways() []way {
	at := func(name, endpoint string) way {
		host, _, _ := strings.Cut(strings.TrimPrefix(endpoint, "http://"), "/")
		return way{name, name + " at " + host + ", from here:", name}
	}
	return []way{
		{"lightstep", s.satellite.Address() + ", from here:", s.satellite.Address()},
		at(byHTTP.Name, byHTTP.Endpoint()), at(byGRPC.Name, byGRPC.Endpoint()),
	}
}

// testService is the service of the span that helm test sends.
const testService = "istio-lightstep-test"

// markedTrace is where helm test says which trace it sent.
var markedTrace = regexp.MustCompile(`trace ([0-9a-f]{32}), service ` + testService)

// paths has helm test go the way to each backend, by gRPC and by HTTP, and its marked span
// arrive at each, and doctor backend go each way alone.
func (s several) paths(t *testing.T) {
	t.Helper()
	s.helmTestPasses(t)
	said := s.helmTestSaid(t)
	for _, w := range s.ways() {
		assert.Contains(t, said, w.heading)
	}
	assert.NotContains(t, said, byHTTP.Token)
	for i, record := range s.records() {
		s.markedArrives(t, said, record, s.ways()[i].name)
	}
	for _, w := range s.ways() {
		said, passed := s.doctorBackend(t, w.name)
		assert.True(t, passed, "doctor backend %s: %s", w.name, said)
		s.oneWay(t, said, w)
	}
	s.step("helm test goes each way, and doctor backend each alone")
}

// markedArrives holds that the span of a helm test that said this is on a record.
func (m *mesh) markedArrives(t *testing.T, said string, record *satellite.Recorder, at string) {
	t.Helper()
	marked := markedTrace.FindStringSubmatch(said)
	require.NotNil(t, marked, "%s", said)
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		spans, err := record.Spans(t.Context())
		assert.NoError(c, err)
		assert.True(c, slices.ContainsFunc(spans, func(r spantest.RecordedSpan) bool { return r.TraceID == marked[1] }))
	}, arrival, time.Second, "the marked span at %s", at)
}

// pathIsRefused holds that helm test and doctor backend see a token that the backend by
// HTTP refuses, and find the others as they should be.
func (s several) pathIsRefused(t *testing.T) {
	t.Helper()
	const id = "LS-SATELLITE-TOKEN"
	said, err := s.release().Test(t, t.Context())
	require.Error(t, err, "%s", said)
	assert.Contains(t, fmt.Sprint(said, err), id)
	assert.Contains(t, fmt.Sprint(said, err), "1 error in the path to "+byHTTP.Name)
	for _, w := range s.ways() {
		said, passed := s.doctorBackend(t, w.name)
		assert.Equal(t, w.name != byHTTP.Name, passed, "doctor backend %s: %s", w.name, said)
		assert.Equal(t, w.name == byHTTP.Name, strings.Contains(said, id), "doctor backend %s: %s", w.name, said)
		s.oneWay(t, said, w)
	}
	s.step("helm test and doctor backend see that %s refuses the token, and that it alone does", byHTTP.Name)
}

// oneWay holds that this way was gone and no other.
func (s several) oneWay(t *testing.T, said string, only way) {
	t.Helper()
	for _, w := range s.ways() {
		assert.Equal(t, w == only, strings.Contains(said, w.heading), "of doctor backend %s: %s", only.name, said)
	}
}

// helmTestSaid is what the pod of the last helm test logged.
func (m *mesh) helmTestSaid(t *testing.T) string {
	t.Helper()
	said, err := m.cluster.Logs(t.Context(), m.Namespace, m.Release+"-test", "doctor", false)
	require.NoError(t, err)
	return said
}

// doctorBackend runs doctor backend with the arguments of the last helm test and these, in
// a pod that is otherwise the same. It gives what it said, and whether its exit status
// was 0.
func (m *mesh) doctorBackend(t *testing.T, arguments ...string) (said string, passed bool) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	pods := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace)
	tested, err := pods.Get(ctx, m.Release+"-test", getOptions)
	require.NoError(t, err)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: m.Release + "-doctor-", Labels: tested.Labels, Annotations: tested.Annotations},
		Spec:       *tested.Spec.DeepCopy(),
	}
	pod.Spec.NodeName = ""
	pod.Spec.Containers[0].Args = append(pod.Spec.Containers[0].Args, arguments...)
	pod, err = pods.Create(ctx, pod, metav1.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pods.Delete(ctx, pod.Name, metav1.DeleteOptions{})) })
	require.Eventually(t, func() bool {
		pod, err = pods.Get(ctx, pod.Name, getOptions)
		return err == nil && (pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed)
	}, 3*time.Minute, time.Second, "doctor backend %v ends", arguments)
	said, err = m.cluster.Logs(ctx, m.Namespace, pod.Name, "doctor", false)
	require.NoError(t, err)
	return said, pod.Status.Phase == corev1.PodSucceeded
}
