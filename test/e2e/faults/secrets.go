package faults

import (
	"context"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

// wrongToken is one that the satellite does not know.
const wrongToken = "no-token-of-this-satellite"

// tokenWrong writes a token that the satellite refuses.
func tokenWrong(ctx context.Context, m *Mesh) error { return m.takeUpToken(ctx, wrongToken, true) }

// tokenMended writes the right one again; nobody does more than that.
func tokenMended(ctx context.Context, m *Mesh) error {
	return m.takeUpToken(ctx, m.Satellite.Token(), false)
}

// takeUpToken writes a token, and restarts istiod where that is what has to be
// done: with direct delivery.
func (m *Mesh) takeUpToken(ctx context.Context, token string, hurry bool) error {
	if err := m.WriteToken(ctx, token); err != nil {
		return err
	}
	if m.Delivery == Direct {
		return istiodRestarted(ctx, m)
	}
	if hurry {
		return m.hurry(ctx)
	}
	return nil
}

// Tokens of a rotation.
const (
	oldToken = "token-before-rotation"
	newToken = "token-after-rotation"
)

// tokenOld has everybody use a token that is about to be rotated.
func tokenOld(ctx context.Context, m *Mesh) error {
	if err := m.Satellite.Accept(ctx, oldToken, m.Satellite.Token()); err != nil {
		return err
	}
	if err := m.takeUpToken(ctx, oldToken, true); err != nil {
		return err
	}
	if err := sleep(ctx, 15*time.Second); err != nil {
		return err
	}
	return m.Satellite.Accept(ctx, oldToken)
}

// overlap is how long the old and the new one are both valid: a kubelet takes up to 90 s
// to give pods what is in a Secret. With direct delivery proxies hear of a token from
// istiod, later than it is ready.
const overlap = 100 * time.Second

// tokenRotated rotates it as one should: the new one is valid before it is
// written, and the old one until it is no longer used.
func tokenRotated(ctx context.Context, m *Mesh) error {
	if err := m.Satellite.Accept(ctx, oldToken, newToken); err != nil {
		return err
	}
	if err := m.takeUpToken(ctx, newToken, false); err != nil {
		return err
	}
	if err := sleep(ctx, overlap); err != nil {
		return err
	}
	return m.Satellite.Accept(ctx, newToken)
}

// quick is how long a quick person needs to write a Secret.
const quick = 30 * time.Second

// tokenReplaced has the satellite refuse the old token from one moment to the
// next; somebody writes the new one soon after.
func tokenReplaced(ctx context.Context, m *Mesh) error {
	if err := m.Satellite.Accept(ctx, newToken); err != nil {
		return err
	}
	if err := sleep(ctx, quick); err != nil {
		return err
	}
	return m.takeUpToken(ctx, newToken, false)
}

// caWrong writes a CA that did not sign the satellite's certificate.
func caWrong(ctx context.Context, m *Mesh) error {
	wrong, err := satellite.NewAuthority("another pool")
	if err != nil {
		return err
	}
	if err := m.takeUpCA(ctx, string(wrong.PEM()), true); err != nil || m.Delivery == Collector {
		return err
	}
	// Connections that proxies have stay as they are: only new ones are refused.
	return satelliteRestarts(ctx, m)
}

// caMended writes the right one again; nobody does more than that.
func caMended(ctx context.Context, m *Mesh) error {
	return m.WriteCA(ctx, string(m.Satellite.Authority.PEM()))
}

// takeUpCA writes a CA and waits until it is in use everywhere. With hurry the kubelets
// are made to look at it at once, which no user does.
func (m *Mesh) takeUpCA(ctx context.Context, pem string, hurry bool) error {
	start := time.Now()
	if err := m.WriteCA(ctx, pem); err != nil {
		return err
	}
	soon := overlap
	if hurry {
		soon = 15 * time.Second
		if err := m.hurry(ctx); err != nil {
			return err
		}
	}
	if m.Delivery == Direct {
		// The proxy's agent watches the file; nothing tells when Envoy has it.
		return sleep(ctx, soon)
	}
	return m.reloaded(ctx, start)
}

// reloaded waits until every collector has read its CA again since start.
func (m *Mesh) reloaded(ctx context.Context, start time.Time) error {
	err := wait.PollUntilContextTimeout(ctx, time.Second, 3*time.Minute, true, func(ctx context.Context) (bool, error) {
		pods, err := m.Cluster.Pods(ctx, m.ReleaseNamespace, m.collectorLabels())
		if err != nil {
			return false, err
		}
		for _, pod := range pods {
			text, err := m.logSince(ctx, pod.Namespace, pod.Name, reloadContainer, start)
			if err != nil || !strings.Contains(text, "has read the CA again") {
				return false, nil //nolint:nilerr // a log that cannot be read now is read again
			}
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("wait until the collectors have read their CA again: %w", err)
	}
	return m.ready(ctx)
}

// caRotated rotates the CA as one should: both are trusted before the satellite
// shows the new certificate, and the old one until after that.
func caRotated(ctx context.Context, m *Mesh) error {
	old := m.Satellite.Authority
	fresh, err := satellite.NewAuthority("satellite pool, renewed")
	if err != nil {
		return err
	}
	if err := m.takeUpCA(ctx, string(old.PEM())+string(fresh.PEM()), false); err != nil {
		return err
	}
	if err := m.show(ctx, fresh); err != nil {
		return err
	}
	m.Satellite.Authority = fresh
	return m.takeUpCA(ctx, string(fresh.PEM()), false)
}

// caReplaced has the satellite show a certificate of a new authority from one
// moment to the next, and writes that one's CA at that moment.
func caReplaced(ctx context.Context, m *Mesh) error {
	fresh, err := satellite.NewAuthority("satellite pool, replaced")
	if err != nil {
		return err
	}
	if err := m.show(ctx, fresh); err != nil {
		return err
	}
	m.Satellite.Authority = fresh
	return m.WriteCA(ctx, string(fresh.PEM()))
}
