package faults

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

//go:embed slow.yaml
var slow string

// Slow has the satellite answer every call after the delay, until Quick.
func (m *Mesh) Slow(ctx context.Context, delay time.Duration) error {
	objects := strings.NewReplacer("PROXY", m.Proxy, "DELAY", fmt.Sprintf("%.3fs", delay.Seconds())).Replace(slow)
	if err := m.Cluster.Apply(ctx, satellite.Namespace, objects); err != nil {
		return err
	}
	if err := m.Cluster.Ready(ctx, satellite.Namespace, "slow"); err != nil {
		return err
	}
	return m.recordBy(ctx, "slow")
}

// Quick ends what Slow began. What made the satellite slow stays until
// SlowRemoved, as calls may still pass through it.
func (m *Mesh) Quick(ctx context.Context) error { return m.recordBy(ctx, "recorder") }

// SlowRemoved removes what made the satellite slow, once nothing passes through
// it.
func (m *Mesh) SlowRemoved(ctx context.Context) error {
	return m.Cluster.Delete(ctx, satellite.Namespace, slow)
}

// satelliteSlow has the satellite answer every call after five seconds.
func satelliteSlow(ctx context.Context, m *Mesh) error { return m.Slow(ctx, 5*time.Second) }

func satelliteQuick(ctx context.Context, m *Mesh) error { return m.Quick(ctx) }

func slowRemoved(ctx context.Context, m *Mesh) error { return m.SlowRemoved(ctx) }

// recordBy leads the satellite's calls to its recorder to the pods of this app,
// and has the satellite make a new connection.
func (m *Mesh) recordBy(ctx context.Context, app string) error {
	patch := fmt.Sprintf(`{"spec":{"selector":{"app":%q}}}`, app)
	if _, err := m.Cluster.Kubernetes.CoreV1().Services(satellite.Namespace).Patch(ctx, "recorder", types.MergePatchType,
		[]byte(patch), metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("service of the recorder: %w", err)
	}
	return m.Satellite.Accept(ctx, m.Satellite.Token())
}
