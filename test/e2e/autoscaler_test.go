//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// byLoad is a release whose autoscaler acts within minutes, at a load that this test can
// make on any machine. The spans that are load alone take the collectors' time, and are
// not sent: the satellite keeps every span that it gets.
var byLoad = release.Values{"collector": tree{
	"autoscaling": tree{
		"enabled": true, "minReplicas": 2, "maxReplicas": 4,
		"metrics": []tree{{"type": "ContainerResource", "containerResource": tree{
			"name": "cpu", "container": "collector", "target": tree{"type": "AverageValue", "averageValue": "40m"},
		}}},
		"behavior": tree{"scaleDown": tree{
			"stabilizationWindowSeconds": 30, "policies": []tree{{"type": "Pods", "value": 1, "periodSeconds": 30}},
		}},
	},
	"terminationGracePeriodSeconds": 110, // 60 seconds to send a queue
	"config": tree{
		"processors": tree{"filter/load": tree{"error_mode": "ignore", "traces": tree{"span": []string{`resource.attributes["service.name"] == "load.default"`}}}},
		"service":    tree{"pipelines": tree{"traces": tree{"processors": []string{"filter/load"}}}},
	},
}}

// autoscalerActs has a HorizontalPodAutoscaler add collectors when there is load and
// remove them when there is none, twice, with requests all the time: each has its exact
// trace, and a collector that is added again has the volume that it had.
func autoscalerActs(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.metricsServer(t)
	m.install(t, byLoad)
	require.NoError(t, m.cluster.Ready(t.Context(), m.Namespace))
	m.tracing(t, m.bookinfo())
	address := m.exposeCollectors(t)
	running := m.page().Start(t.Context(), 3)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()

	first := m.scaledUp(t, address)
	volumes := m.claimed(t)
	require.GreaterOrEqual(t, len(volumes), first)
	m.scaledDown(t)
	assert.Subset(t, m.claimed(t), volumes, "the volumes stay")
	m.scaledUp(t, address)
	assert.Subset(t, m.claimed(t), volumes, "the volumes are those that the collectors had")
	m.scaledDown(t)

	time.Sleep(5 * time.Second) // Requests after all.
	report, err := m.verdict(t.Context(), m.bookinfo(), running.Stop(), arrival)
	require.NoError(t, err)
	m.step("%s: %s", t.Name(), report)
}

// metricsServer has the cluster know what its containers take, until the test's end.
func (m *mesh) metricsServer(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("testdata/metrics-server.yaml")
	require.NoError(t, err)
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, m.cluster.Apply(ctx, "kube-system", string(text)))
	t.Cleanup(func() { assert.NoError(t, m.cluster.Delete(ctx, "kube-system", string(text))) })
	require.NoError(t, m.cluster.Ready(ctx, "kube-system", "metrics-server"))
}

// replicas gives how many collectors the autoscaler wants, by the last that it said.
func (m *mesh) replicas(ctx context.Context) (wanted int, said string, err error) {
	scaler, err := m.cluster.Kubernetes.AutoscalingV2().HorizontalPodAutoscalers(m.Namespace).Get(ctx, m.Release+"-collector", getOptions)
	if err != nil {
		return 0, "", err
	}
	for _, condition := range scaler.Status.Conditions {
		said += fmt.Sprintf("%s %s: %s; ", condition.Type, condition.Status, condition.Message)
	}
	set, err := m.cluster.Kubernetes.AppsV1().StatefulSets(m.Namespace).Get(ctx, m.Release+"-collector", getOptions)
	if err != nil {
		return 0, said, err
	}
	return int(*set.Spec.Replicas), said, nil
}

// scaledUp sends more and more spans until the autoscaler has added a collector, and
// gives how many there are then.
func (m *mesh) scaledUp(t *testing.T, address string) int {
	t.Helper()
	var said string
	for perSecond := 1000.0; perSecond <= 16000; perSecond *= 2 {
		ctx, stop := context.WithCancel(t.Context())
		sent := make(chan error, 1)
		go func() {
			result, err := load.Generator{Address: address, Connections: connections, PerSecond: perSecond}.Send(ctx, 90*time.Second)
			if result.Refused > 0 {
				err = errors.Join(err, fmt.Errorf("%d spans were refused: %s", result.Refused, result.Reason))
			}
			sent <- err
		}()
		replicas := 0
		err := wait.PollUntilContextTimeout(ctx, time.Second, 90*time.Second, true, func(ctx context.Context) (bool, error) {
			wanted, saying, err := m.replicas(ctx)
			if err != nil {
				said = err.Error()
				return false, nil //nolint:nilerr // asked again; the last one is told at the end
			}
			replicas, said = wanted, saying
			return replicas > 2, nil
		})
		stop()
		require.NoError(t, <-sent)
		if err != nil {
			continue
		}
		m.step("%.0f spans/s: the autoscaler wants %d collectors", perSecond, replicas)
		require.NoError(t, m.cluster.Ready(t.Context(), m.Namespace))
		return replicas
	}
	require.Fail(t, "the autoscaler adds no collector", said)
	return 0
}

// scaledDown waits until the autoscaler has removed what it added.
func (m *mesh) scaledDown(t *testing.T) {
	t.Helper()
	start, said := time.Now(), ""
	err := wait.PollUntilContextTimeout(t.Context(), time.Second, 15*time.Minute, true, func(ctx context.Context) (bool, error) {
		var replicas int
		var err error
		replicas, said, err = m.replicas(ctx)
		return replicas == 2, err
	})
	require.NoError(t, err, "the autoscaler removes no collector: %s", said)
	require.NoError(t, m.cluster.Ready(t.Context(), m.Namespace))
	m.step("without that load, there are 2 collectors again after %.0f s", time.Since(start).Seconds())
}

// claimed gives the volumes of the collectors, as "claim volume".
func (m *mesh) claimed(t *testing.T) []string {
	t.Helper()
	claims, err := m.cluster.Kubernetes.CoreV1().PersistentVolumeClaims(m.Namespace).List(t.Context(),
		metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=" + m.Release})
	require.NoError(t, err)
	var all []string
	for _, claim := range claims.Items {
		all = append(all, claim.Name+" "+string(claim.UID)+" "+claim.Spec.VolumeName)
	}
	return all
}
