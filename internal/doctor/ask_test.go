package doctor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// fakePods answer as proxies and collectors do. One never does, and one answers
// the second time alone.
type fakePods struct {
	slow, late mesh.Ref
	nodes      error // of kubelets
	mu         sync.Mutex
	asked      map[mesh.Ref]int
	now, most  int
}

func (f *fakePods) begin(pod mesh.Ref) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	f.most = max(f.most, f.now)
	f.asked[pod]++
	return f.asked[pod]
}

func (f *fakePods) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now--
}

func (f *fakePods) Ask(ctx context.Context, pod mesh.Ref, port int, paths []string, take func(string, []byte) error) error {
	times := f.begin(pod)
	defer f.end()
	switch {
	case pod == f.slow:
		<-ctx.Done()
		return ctx.Err()
	case pod == f.late && times == 1:
		return errors.New("not yet")
	case port == otelcol.MetricsPort:
		return take(paths[0], fmt.Appendf(nil, "otelcol_exporter_queue_size{exporter=%q} 0\notelcol_exporter_sent_spans{exporter=%[1]q} %d\n", otelcol.Exporter, 10*times))
	}
	return take(paths[0], fmt.Appendf(nil, `{"cluster_statuses":[{"name":%q,"host_statuses":[{"stats":[{"name":"rq_success","value":"%d"}]}]}]}`, ourCluster, times))
}

func (f *fakePods) NodeStats(_ context.Context, node string) ([]byte, error) {
	if f.nodes != nil {
		return nil, f.nodes
	}
	return fmt.Appendf(nil, `{"node":{"nodeName":%q},"pods":[{"podRef":{"name":"other-0","namespace":"istio-system"},"volume":[{"name":"queue","capacityBytes":100,"pvcRef":{"name":"x"}}]},
{"podRef":{"name":"istio-lightstep-collector-%s","namespace":"istio-system"},"volume":[
{"name":"access-token","capacityBytes":100,"availableBytes":0,"usedBytes":4096},
{"name":"queue","availableBytes":2070000000,"capacityBytes":2147483648,"usedBytes":77483648,"inodes":131072,"inodesFree":131061,"pvcRef":{"name":"queue-istio-lightstep-collector-%[2]s","namespace":"istio-system"}}]}]}`,
		node, map[string]string{"worker-1": "0", "worker-2": "1"}[node]), nil
}

func (*fakePods) Log(context.Context, mesh.Ref, string, int) ([]byte, error) {
	return []byte(collectorLog), nil
}

func TestObserveIsBoundedAndASlowPodHangsNothing(t *testing.T) {
	t.Parallel()
	snapshot, d := examined(t, recordedBase(t, "collector"))
	pods := &fakePods{
		slow: mesh.Ref{Namespace: "bookinfo", Name: "ratings-v1-7c9-a1"}, late: mesh.Ref{Namespace: "bookinfo", Name: "details-v1-7c9-a1"},
		asked: map[mesh.Ref]int{},
	}
	begun := time.Now()
	told := 0
	seen := d.Observe(t.Context(), pods, snapshot, Asking{
		Parallel: 3, Timeout: 2 * time.Second, Pause: time.Millisecond, Asked: func(done, all int) {
			told++
			assert.LessOrEqual(t, done, all)
		},
	})
	assert.Less(t, time.Since(begun), 30*time.Second)
	assert.LessOrEqual(t, pods.most, 3)
	assert.Equal(t, 2*(6+2)+2, told, "six workloads and two collectors, twice, and two kubelets")
	require.Len(t, seen.Volumes, 2)
	assert.Equal(t, VolumeState{
		Pod: mesh.Ref{Namespace: "istio-system", Name: "istio-lightstep-collector-1"}, Claim: "queue-istio-lightstep-collector-1",
		Capacity: 2 << 30, Used: 77483648, Free: 2070000000, Inodes: 131072, InodesFree: 131061,
	}, seen.Volumes[1])

	require.Len(t, seen.Proxies, 6)
	for _, p := range seen.Proxies {
		switch p.Pod {
		case pods.slow:
			assert.Equal(t, "no answer in time", p.Err)
		case pods.late:
			assert.Empty(t, p.Err)
			assert.Equal(t, p.Before, p.After)
		default:
			assert.Equal(t, "exporting (2 exports)", p.Verdict())
			assert.Equal(t, uint64(1), p.Before.Succeeded)
		}
	}
	require.Len(t, seen.Collectors, 2)
	assert.Equal(t, []float64{10, 20}, []float64{seen.Collectors[0].Before[otelcol.Exporter].Sent, seen.Collectors[0].After[otelcol.Exporter].Sent})
	assert.NotEmpty(t, seen.Collectors[0].Failures)
	assert.Equal(t, []mesh.Gap{{What: "the proxy of pod bookinfo/ratings-v1-7c9-a1", Why: "no answer in time"}}, seen.Gaps())
	assert.Empty(t, d.Examine(snapshot, seen))
}

func TestObserveStopsWhenItsCallerDoes(t *testing.T) {
	t.Parallel()
	snapshot, d := examined(t, recordedBase(t, "collector"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begun := time.Now()
	d.Observe(ctx, &fakePods{asked: map[mesh.Ref]int{}}, snapshot, Asking{Parallel: 1, Timeout: time.Hour, Pause: time.Hour})
	assert.Less(t, time.Since(begun), 30*time.Second)
}

func TestOnlyLossesExplainLosses(t *testing.T) {
	t.Parallel()
	_, d := examined(t, recordedBase(t, "collector"))
	all := []finding.Finding{
		{ID: "LS-CA-EXPIRES-SOON", Severity: problem.SeverityWarning},
		{ID: "LS-PROXY-FAILING", Severity: problem.SeverityError},
	}
	assert.Len(t, d.catalogue.Unexplained(all), 2, "a warning explains no loss")
	all = append(all, finding.Finding{ID: "LS-COLLECTOR-DOWN", Severity: problem.SeverityError})
	assert.Equal(t, []string{"LS-CA-EXPIRES-SOON", "LS-COLLECTOR-DOWN"}, idsOf(d.catalogue.Unexplained(all)))
}
