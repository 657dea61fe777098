package faults

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// watcher notes which metrics of the collectors rise while a fault lasts, and
// which of their containers are started again.
type watcher struct {
	mesh  *Mesh
	start time.Time

	mu   sync.Mutex
	last map[string]map[string]float64 // by pod, then metric
	rose map[string]bool
	// restarts are restartCounts by pod and container, restarted the containers
	// whose count rose.
	restarts  map[string]int32
	restarted map[string]bool
}

// watch looks every two seconds until ctx is done. The first look is taken
// before it returns: what stands there already tells of nothing.
func (m *Mesh) watch(ctx context.Context) *watcher {
	w := &watcher{
		mesh: m, start: time.Now(), last: map[string]map[string]float64{}, rose: map[string]bool{},
		restarts: map[string]int32{}, restarted: map[string]bool{},
	}
	if m.Delivery != Collector {
		return w
	}
	w.look(ctx, false)
	go func() {
		for sleep(ctx, 2*time.Second) == nil {
			w.look(ctx, true)
		}
	}()
	return w
}

func (w *watcher) look(ctx context.Context, counts bool) {
	pods, err := w.mesh.Cluster.Pods(ctx, w.mesh.ReleaseNamespace, w.mesh.collectorLabels())
	if err != nil {
		return
	}
	for _, pod := range pods {
		w.lookAtRestarts(pod)
		values, err := w.mesh.metrics(ctx, pod)
		if err != nil {
			continue // a collector that is not there has none
		}
		w.mu.Lock()
		last := w.last[string(pod.UID)]
		for name, value := range values {
			if counts && value > last[name] {
				w.rose[name] = true
			}
		}
		w.last[string(pod.UID)] = values
		w.mu.Unlock()
	}
}

func (w *watcher) lookAtRestarts(pod corev1.Pod) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, status := range pod.Status.ContainerStatuses {
		key := string(pod.UID) + " " + status.Name
		if before, ok := w.restarts[key]; ok && status.RestartCount > before {
			w.restarted[status.Name] = true
		}
		w.restarts[key] = status.RestartCount
	}
}

// Metrics gives the sums of all collectors' own metrics, without the suffix
// _total.
func (m *Mesh) Metrics(ctx context.Context) (map[string]float64, error) {
	pods, err := m.Cluster.Pods(ctx, m.ReleaseNamespace, m.collectorLabels())
	if err != nil {
		return nil, err
	}
	sums := map[string]float64{}
	for _, pod := range pods {
		values, err := m.metrics(ctx, pod)
		if err != nil {
			return nil, fmt.Errorf("metrics of %s: %w", pod.Name, err)
		}
		for name, value := range values {
			sums[name] += value
		}
	}
	return sums, nil
}

// metrics gives the sums of a collector's own metrics, without the suffix _total.
func (m *Mesh) metrics(ctx context.Context, pod corev1.Pod) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	body, err := m.Cluster.Kubernetes.CoreV1().Pods(pod.Namespace).ProxyGet("http", pod.Name, "8888", "metrics", nil).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(body)
	if err != nil {
		return nil, err
	}
	values := map[string]float64{}
	for name, family := range families {
		for _, one := range family.GetMetric() {
			values[strings.TrimSuffix(name, "_total")] += one.GetCounter().GetValue() + one.GetGauge().GetValue()
		}
	}
	return values, nil
}

// missing gives those of the signs that were not seen.
func (w *watcher) missing(ctx context.Context, signs []Sign) ([]Sign, error) {
	var missing []Sign
	logs := map[string]string{}
	for _, sign := range signs {
		if sign.Container == "" {
			if !w.counted(sign) {
				missing = append(missing, sign)
			}
			continue
		}
		if _, ok := logs[sign.Container]; !ok {
			text, err := w.mesh.logsSince(ctx, sign.Container, w.start)
			if err != nil {
				return nil, err
			}
			logs[sign.Container] = text
		}
		if !strings.Contains(logs[sign.Container], sign.Text) {
			missing = append(missing, sign)
		}
	}
	return missing, nil
}

// counted says whether the figure of a sign that is no log rose.
func (w *watcher) counted(sign Sign) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if sign.Restarted != "" {
		return w.restarted[sign.Restarted]
	}
	return w.rose[sign.Metric]
}

// logsSince gives what a container of every collector has written since start.
func (m *Mesh) logsSince(ctx context.Context, container string, start time.Time) (string, error) {
	pods, err := m.Cluster.Pods(ctx, m.ReleaseNamespace, m.collectorLabels())
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, pod := range pods {
		text, err := m.logSince(ctx, pod.Namespace, pod.Name, container, start)
		if err != nil {
			return "", err
		}
		all.WriteString(text)
	}
	return all.String(), nil
}

func (m *Mesh) logSince(ctx context.Context, namespace, pod, container string, start time.Time) (string, error) {
	since := metav1.NewTime(start)
	stream, err := m.Cluster.Kubernetes.CoreV1().Pods(namespace).GetLogs(pod, &corev1.PodLogOptions{
		Container: container, SinceTime: &since,
	}).Stream(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = stream.Close() }()
	text, err := io.ReadAll(stream)
	return string(text), err
}
