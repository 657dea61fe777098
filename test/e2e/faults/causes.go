package faults

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

func satelliteAway(ctx context.Context, m *Mesh) error { return m.Satellite.Scale(ctx, 0) }

func satelliteBack(ctx context.Context, m *Mesh) error { return m.Satellite.Scale(ctx, 1) }

func satelliteFrozen(ctx context.Context, m *Mesh) error { return m.Satellite.Freeze(ctx) }

func satelliteThawed(ctx context.Context, m *Mesh) error { return m.Satellite.Thaw(ctx) }

const satelliteLabels = "app=lightstep-satellite"

// satelliteRestarts takes the only satellite away, and Kubernetes makes another.
func satelliteRestarts(ctx context.Context, m *Mesh) error {
	old, err := m.Cluster.Pods(ctx, satellite.Namespace, satelliteLabels)
	if err != nil {
		return err
	}
	if err := m.deletePods(ctx, satellite.Namespace, satelliteLabels, 1, metav1.DeleteOptions{}); err != nil {
		return err
	}
	err = wait.PollUntilContextTimeout(ctx, 300*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		now, err := m.Cluster.Pods(ctx, satellite.Namespace, satelliteLabels)
		return err == nil && len(now) == 1 && now[0].UID != old[0].UID && isReady(now[0]), nil
	})
	if err != nil {
		return fmt.Errorf("wait for another satellite: %w", err)
	}
	return nil
}

func isReady(pod corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// anotherName has the satellite show a certificate of the right authority for
// another host.
func anotherName(ctx context.Context, m *Mesh) error {
	certificate, err := m.Satellite.Authority.Issue("another.lightstep")
	if err != nil {
		return err
	}
	return m.Satellite.Show(ctx, certificate)
}

// itsOwnName takes that back.
func itsOwnName(ctx context.Context, m *Mesh) error { return m.show(ctx, m.Satellite.Authority) }

// show has the satellite show a certificate of an authority for its own name.
func (m *Mesh) show(ctx context.Context, authority *satellite.Authority) error {
	certificate, err := authority.Issue(satellite.Host, satellite.Host+".svc", satellite.Host+".svc.cluster.local")
	if err != nil {
		return err
	}
	return m.Satellite.Show(ctx, certificate)
}

// deletePods deletes the first n pods with these labels.
func (m *Mesh) deletePods(ctx context.Context, namespace, selector string, n int, options metav1.DeleteOptions) error {
	pods, err := m.Cluster.Pods(ctx, namespace, selector)
	if err != nil {
		return err
	}
	if len(pods) < n {
		return fmt.Errorf("there are %d pods %s in %s, not %d", len(pods), selector, namespace, n)
	}
	for _, pod := range pods[:n] {
		if err := m.Cluster.Kubernetes.CoreV1().Pods(namespace).Delete(ctx, pod.Name, options); err != nil {
			return fmt.Errorf("delete pod %s/%s: %w", namespace, pod.Name, err)
		}
	}
	return nil
}

// collectorDeleted deletes one collector as a drained node would.
func collectorDeleted(ctx context.Context, m *Mesh) error {
	return m.deletePods(ctx, m.ReleaseNamespace, m.collectorLabels(), 1, metav1.DeleteOptions{})
}

func collectorKilled(ctx context.Context, m *Mesh) error {
	_, err := m.KillCollector(ctx)
	return err
}

// KillCollector ends the process of the oldest collector with no warning, and gives the
// name of its pod. The pod stays, and the kubelet starts the container again on the same
// volume.
func (m *Mesh) KillCollector(ctx context.Context) (pod string, err error) {
	pods, err := m.collectors(ctx)
	if err != nil {
		return "", err
	}
	return pods[0].Name, signal(ctx, pods[0], "KILL", "otel.* --config=")
}

// collectors gives the pods of the collectors, oldest first, of which there is one at least.
func (m *Mesh) collectors(ctx context.Context) ([]corev1.Pod, error) {
	pods, err := m.Cluster.Pods(ctx, m.ReleaseNamespace, m.collectorLabels())
	if err == nil && len(pods) == 0 {
		err = errors.New("there is no collector")
	}
	return pods, err
}

// signal sends a signal to the process of a pod whose command line matches.
func signal(ctx context.Context, pod corev1.Pod, name, program string) error {
	// A pod's control group has its uid in its name, with dashes or underscores.
	const script = `
uid=$1 other=$(echo "$1" | tr - _) sent=
for p in /proc/[0-9]*; do
  tr '\0' ' ' <$p/cmdline 2>/dev/null | grep -q -- "$3" || continue
  grep -qE "$uid|$other" $p/cgroup || continue
  kill -s "$2" ${p#/proc/} && sent=1
done
test -n "$sent"`
	return onNode(ctx, pod.Spec.NodeName, script, string(pod.UID), name, program)
}

// probesLate has every collector answer the kubelet as late as on a busy node; the
// collectors themselves take spans as before.
func probesLate(ctx context.Context, m *Mesh) error { return m.reloaders(ctx, "STOP") }

func probesAnswered(ctx context.Context, m *Mesh) error { return m.reloaders(ctx, "CONT") }

// reloaders sends a signal to the container beside each collector, whose probe takes a
// pod out of its Service with one answer.
func (m *Mesh) reloaders(ctx context.Context, name string) error {
	pods, err := m.collectors(ctx)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		if err := signal(ctx, pod, name, " reload-collector "); err != nil {
			return err
		}
	}
	return nil
}

// kubeletRestarted restarts the kubelet of a node that has one of the collectors
// and not the satellite. With direct delivery such a node has nothing to do with
// spans: then it is that of the satellite.
func kubeletRestarted(ctx context.Context, m *Mesh) error {
	satellites, err := m.Cluster.Pods(ctx, satellite.Namespace, satelliteLabels)
	if err != nil {
		return err
	}
	if len(satellites) == 0 {
		return errors.New("there is no satellite")
	}
	node := satellites[0].Spec.NodeName
	if m.Delivery == Collector {
		if node, err = m.collectorNodeBeside(ctx, node); err != nil {
			return err
		}
	}
	return onNode(ctx, node, "systemctl restart kubelet")
}

// collectorNodeBeside gives a node that has a collector and is not the one given.
func (m *Mesh) collectorNodeBeside(ctx context.Context, other string) (string, error) {
	pods, err := m.Cluster.Pods(ctx, m.ReleaseNamespace, m.collectorLabels())
	if err != nil {
		return "", err
	}
	for _, pod := range pods {
		if pod.Spec.NodeName != other {
			return pod.Spec.NodeName, nil
		}
	}
	return "", fmt.Errorf("all %d collectors are on node %s with the satellite: it needs a node of its own", len(pods), other)
}

// Spread says in an error which collectors share a node, or a zone, though the cluster
// has several.
func (m *Mesh) Spread(ctx context.Context) error {
	nodes, err := m.Cluster.Kubernetes.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("nodes: %w", err)
	}
	if len(nodes.Items) == 1 {
		return nil
	}
	pods, err := m.Cluster.Pods(ctx, m.ReleaseNamespace, m.collectorLabels())
	if err != nil {
		return err
	}
	zones := map[string]string{}
	for _, node := range nodes.Items {
		if zone := node.Labels[corev1.LabelTopologyZone]; zone != "" {
			zones[node.Name] = zone
		}
	}
	several := len(slices.Compact(slices.Sorted(maps.Values(zones)))) > 1
	on, in := map[string]string{}, map[string]string{}
	for _, pod := range pods {
		node, zone := pod.Spec.NodeName, zones[pod.Spec.NodeName]
		if other := on[node]; other != "" {
			return fmt.Errorf("collectors %s and %s are both on node %s of %d", other, pod.Name, node, len(nodes.Items))
		}
		if other := in[zone]; several && other != "" {
			return fmt.Errorf("collectors %s and %s are both in zone %s", other, pod.Name, zone)
		}
		on[node], in[zone] = pod.Name, pod.Name
	}
	if len(pods) == 0 {
		return nil // Proxies deliver by themselves.
	}
	m.Say("%d collectors on nodes %v, in zones %v", len(pods), slices.Sorted(maps.Keys(on)), slices.Sorted(maps.Keys(in)))
	return nil
}

// istiodRestarted rolls istiod, and waits until the new one runs.
func istiodRestarted(ctx context.Context, m *Mesh) error {
	if err := m.Cluster.RollOut(ctx, m.IstioNamespace, m.Istiod); err != nil {
		return err
	}
	return m.Cluster.Ready(ctx, m.IstioNamespace, m.Istiod)
}

// smallQueue is the least queue that the chart takes: with the traffic of the faults, the
// two collectors are full after some two minutes.
func smallQueue(ctx context.Context, m *Mesh) error {
	return m.Upgrade(ctx, map[string]any{"collector": map[string]any{"queue": map[string]any{"bytes": "3Mi"}}})
}

// keepRefused has collectors keep what the satellite refuses.
func keepRefused(ctx context.Context, m *Mesh) error {
	return m.Upgrade(ctx, map[string]any{"collector": map[string]any{"retryRefused": map[string]any{"enabled": true}}})
}

// usualValues takes back what was set beside the usual values.
func usualValues(ctx context.Context, m *Mesh) error { return m.Upgrade(ctx, nil) }

// sleep waits, or gives the error of a context that ended.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
