//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/alerts"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

func inHurry(h alerts.Hurry) func(context.Context) (alerts.Hurry, error) {
	return func(context.Context) (alerts.Hurry, error) { return h, nil }
}

// hurry has the alert of a fault be in a hurry until the fault's end, and says how.
func (w *watched) hurry(t *testing.T, a alarm) string {
	t.Helper()
	if a.hurry == nil {
		return ""
	}
	h, err := a.hurry(t.Context())
	require.NoError(t, err)
	rules, said, err := h.Rules(w.rules)
	require.NoError(t, err)
	require.NoError(t, w.prometheus.Reload(rules))
	t.Cleanup(func() { assert.NoError(t, w.prometheus.Reload(w.rules)) })
	return said
}

// writeEndingCA adds a CA to the satellite's that ends in 5 days.
func (w *watched) writeEndingCA(ctx context.Context) error {
	ending, err := satellite.NewAuthorityFor("an old pool", 5*24*time.Hour)
	if err != nil {
		return err
	}
	return w.of.WriteCA(ctx, string(w.satellite.Authority.PEM())+string(ending.PEM()))
}

// tokenIsOld makes the age that the token's Secret has now that which is too old: nobody
// can change when an object was made.
func (w *watched) tokenIsOld(ctx context.Context) (alerts.Hurry, error) {
	secret, err := w.cluster.Kubernetes.CoreV1().Secrets(w.Namespace).Get(ctx, faults.TokenSecret, getOptions)
	if err != nil {
		return alerts.Hurry{}, err
	}
	age := int(time.Since(secret.CreationTimestamp.Time).Seconds())
	return alerts.Hurry{Alert: "IstioLightstepTokenOld", For: "1m", Old: "365 * 86400", New: fmt.Sprint(age)}, nil
}

// writeTokenAnew replaces the Secret by a new one.
func (w *watched) writeTokenAnew(ctx context.Context) error {
	secrets := w.cluster.Kubernetes.CoreV1().Secrets(w.Namespace)
	return errors.Join(secrets.Delete(ctx, faults.TokenSecret, metav1.DeleteOptions{}), w.of.WriteToken(ctx, w.satellite.Token()))
}

// killThrice ends the process of one collector three times, each time when the kubelet
// has started it again.
func (w *watched) killThrice(ctx context.Context) error {
	for kills := range 3 {
		name, err := w.of.KillCollector(ctx)
		if err != nil {
			return err
		}
		err = wait.PollUntilContextTimeout(ctx, time.Second, 5*time.Minute, true, func(ctx context.Context) (bool, error) {
			pod, err := w.cluster.Kubernetes.CoreV1().Pods(w.Namespace).Get(ctx, name, getOptions)
			if err != nil {
				return false, err
			}
			for _, c := range pod.Status.ContainerStatuses {
				if c.Name == "collector" {
					return c.Ready && int(c.RestartCount) > kills, nil
				}
			}
			return false, nil
		})
		if err != nil {
			return fmt.Errorf("the collector does not come back: %w", err)
		}
	}
	return nil
}

// smallVolume gives what runs the script of the doctor's suite that gives the first
// collector a volume of 64 MiB, of a type whose figures the kubelet has.
func (w *watched) smallVolume(t *testing.T) func(args ...string) func(context.Context) error {
	t.Helper()
	folder := t.TempDir()
	kubectl, err := w.kubectl()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(kubectl, filepath.Join(folder, "kubectl")))
	script, err := filepath.Abs("doctor/small-volume")
	require.NoError(t, err)
	return func(args ...string) func(context.Context) error {
		return func(ctx context.Context) error {
			command := exec.CommandContext(ctx, script, args...)
			command.Dir = folder
			command.Env = append(os.Environ(), "KUBECONFIG="+w.Kubeconfig, "PATH="+folder+string(filepath.ListSeparator)+os.Getenv("PATH"))
			if said, err := command.CombinedOutput(); err != nil {
				return fmt.Errorf("small-volume %v: %w: %s", args, err, strings.TrimSpace(string(said)))
			}
			return nil
		}
	}
}
