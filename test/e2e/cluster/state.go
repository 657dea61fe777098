package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// SaveState writes every pod with its containers' logs, and all events, into a
// folder, for reading after a failure. It goes on where something cannot be had;
// the error holds all of that.
func (c *Cluster) SaveState(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	pods, err := c.Kubernetes.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("pods: %w", err)
	}
	var failed []error
	for _, p := range pods.Items {
		failed = append(failed, c.savePod(ctx, dir, p))
	}
	return errors.Join(append(failed, c.saveEvents(ctx, dir))...)
}

func (c *Cluster) savePod(ctx context.Context, dir string, p corev1.Pod) error {
	base := filepath.Join(dir, p.Namespace+"_"+p.Name)
	p.ManagedFields = nil
	state, err := yaml.Marshal(p)
	if err != nil {
		return err
	}
	failed := []error{os.WriteFile(base+".yaml", state, 0o644)}
	for _, s := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		for _, previous := range []bool{false, true} {
			if previous && s.RestartCount == 0 {
				continue
			}
			log, err := c.Logs(ctx, p.Namespace, p.Name, s.Name, previous)
			if err != nil {
				log = err.Error()
			}
			name := base + "_" + s.Name
			if previous {
				name += "_previous"
			}
			failed = append(failed, os.WriteFile(name+".log", []byte(log), 0o644))
		}
	}
	return errors.Join(failed...)
}

func (c *Cluster) saveEvents(ctx context.Context, dir string) error {
	events, err := c.Kubernetes.CoreV1().Events("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("events: %w", err)
	}
	var b strings.Builder
	for _, e := range events.Items {
		fmt.Fprintf(&b, "%s %s %s/%s %s: %s\n", e.LastTimestamp.UTC().Format("15:04:05"), e.Type, e.InvolvedObject.Namespace,
			e.InvolvedObject.Name, e.Reason, e.Message)
	}
	return os.WriteFile(filepath.Join(dir, "events.txt"), []byte(b.String()), 0o644)
}
