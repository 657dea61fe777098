package faults

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

//go:embed slow.yaml
var slow string

func (m *Mesh) slowObjects() string { return strings.ReplaceAll(slow, "PROXY", m.Proxy) }

// satelliteSlow has the satellite answer every call after five seconds.
func satelliteSlow(ctx context.Context, m *Mesh) error {
	if err := m.Cluster.Apply(ctx, satellite.Namespace, m.slowObjects()); err != nil {
		return err
	}
	if err := m.Cluster.Ready(ctx, satellite.Namespace, "slow"); err != nil {
		return err
	}
	return m.recordBy(ctx, "slow")
}

// satelliteQuick takes that back.
func satelliteQuick(ctx context.Context, m *Mesh) error { return m.recordBy(ctx, "recorder") }

// slowRemoved takes away what made it slow, once nothing goes through it.
func slowRemoved(ctx context.Context, m *Mesh) error {
	return m.Cluster.Delete(ctx, satellite.Namespace, m.slowObjects())
}

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
