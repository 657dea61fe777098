package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
)

// poll is how often the cluster is asked for what is waited for.
const poll = 300 * time.Millisecond

// Timeout bounds every wait whose context has no nearer end.
const Timeout = 3 * time.Minute

// until asks again until there is no error. The error at the end is the last.
func (c *Cluster) until(ctx context.Context, what string, ask func(context.Context) error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, poll, Timeout, true, func(ctx context.Context) (bool, error) {
		if err := ask(ctx); err != nil {
			last = err
			return false, nil //nolint:nilerr // asked again; the last one is told at the end
		}
		return true, nil
	})
	if err != nil {
		return fmt.Errorf("waited until %s: %w", what, errors.Join(err, last))
	}
	return nil
}

// Ready waits until every Deployment and StatefulSet of the namespace, or those
// of the names given, runs as it was last written, with no pod of an older one
// left. The error says which does not, and what its pods wait for.
func (c *Cluster) Ready(ctx context.Context, namespace string, names ...string) error {
	asked := func(name string) bool { return len(names) == 0 || slices.Contains(names, name) }
	return c.until(ctx, "all of namespace "+namespace+" is ready", func(ctx context.Context) error {
		deployments, err := c.Kubernetes.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		sets, err := c.Kubernetes.AppsV1().StatefulSets(namespace).List(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		var waiting []error
		for _, d := range deployments.Items {
			if asked(d.Name) {
				waiting = append(waiting, deploymentReady(d))
			}
		}
		for _, s := range sets.Items {
			if asked(s.Name) {
				waiting = append(waiting, setReady(s))
			}
		}
		if err := errors.Join(waiting...); err != nil {
			return errors.Join(err, c.Troubles(ctx, namespace))
		}
		return nil
	})
}

func deploymentReady(d appsv1.Deployment) error {
	want, s := *d.Spec.Replicas, d.Status
	if s.ObservedGeneration >= d.Generation && s.UpdatedReplicas == want && s.AvailableReplicas == want && s.Replicas == want {
		return nil
	}
	return fmt.Errorf("deployment %s: %d of %d pods are new and available, %d in all", d.Name, min(s.UpdatedReplicas, s.AvailableReplicas), want, s.Replicas)
}

func setReady(d appsv1.StatefulSet) error {
	want, s := *d.Spec.Replicas, d.Status
	if s.ObservedGeneration >= d.Generation && s.UpdatedReplicas == want && s.AvailableReplicas == want && s.Replicas == want {
		return nil
	}
	return fmt.Errorf("statefulset %s: %d of %d pods are new and available, %d in all", d.Name, min(s.UpdatedReplicas, s.AvailableReplicas), want, s.Replicas)
}

// Troubles says of every pod of a namespace that is not ready why, with the last
// line that a container which ended has logged, and the warnings of the last
// minute. It is nil where all is well.
func (c *Cluster) Troubles(ctx context.Context, namespace string) error {
	pods, err := c.Kubernetes.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	var troubles []error
	for _, p := range pods.Items {
		if why := trouble(p); why != "" {
			troubles = append(troubles, fmt.Errorf("pod %s: %s", p.Name, why), c.lastWords(ctx, p))
		}
	}
	events, err := c.Kubernetes.CoreV1().Events(namespace).List(ctx, metav1.ListOptions{FieldSelector: "type=Warning"})
	if err != nil {
		return errors.Join(append(troubles, err)...)
	}
	seen := map[string]bool{}
	for _, e := range events.Items {
		said := e.InvolvedObject.Name + ": " + e.Reason + ": " + e.Message
		if !seen[said] && time.Since(e.LastTimestamp.Time) < time.Minute {
			seen[said] = true
			troubles = append(troubles, fmt.Errorf("event %s", said))
		}
	}
	return errors.Join(troubles...)
}

// lastWords gives the last line of every container of a pod that ended, of the
// run whose log is still there.
func (c *Cluster) lastWords(ctx context.Context, p corev1.Pod) error {
	var words []error
	for _, s := range p.Status.ContainerStatuses {
		if s.LastTerminationState.Terminated == nil || s.Ready {
			continue
		}
		for _, previous := range []bool{false, true} {
			log, err := c.Logs(ctx, p.Namespace, p.Name, s.Name, previous)
			lines := strings.Split(strings.TrimSpace(log), "\n")
			last := lines[len(lines)-1]
			if err == nil && last != "" && !strings.HasPrefix(last, "unable to retrieve") {
				words = append(words, fmt.Errorf("%s/%s said: %s", p.Name, s.Name, last))
				break
			}
		}
	}
	return errors.Join(words...)
}

func trouble(p corev1.Pod) string {
	var why []string
	for _, s := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if w := s.State.Waiting; w != nil && w.Reason != "PodInitializing" {
			why = append(why, s.Name+" waits: "+w.Reason+" "+w.Message)
		}
		if d := s.LastTerminationState.Terminated; d != nil && !s.Ready {
			why = append(why, fmt.Sprintf("%s ended with %d: %s %s", s.Name, d.ExitCode, d.Reason, d.Message))
		}
	}
	for _, condition := range p.Status.Conditions {
		if condition.Status == corev1.ConditionFalse && condition.Reason == corev1.PodReasonUnschedulable {
			why = append(why, condition.Message)
		}
	}
	return strings.Join(why, "; ")
}

// Restart rolls every Deployment of the namespace, as after a change that pods
// take up at their start, and waits until the new pods are ready.
func (c *Cluster) Restart(ctx context.Context, namespace string) error {
	deployments, err := c.Kubernetes.AppsV1().Deployments(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("deployments of %s: %w", namespace, err)
	}
	for _, d := range deployments.Items {
		if err := c.RollOut(ctx, namespace, d.Name); err != nil {
			return err
		}
	}
	return c.Ready(ctx, namespace)
}

// RollOut has a Deployment make its pods anew, as `kubectl rollout restart` does,
// and does not wait.
func (c *Cluster) RollOut(ctx context.Context, namespace, name string) error {
	if err := c.mineNamespace(ctx, namespace); err != nil {
		return fmt.Errorf("restart %s/%s: %w", namespace, name, err)
	}
	patch := fmt.Sprintf(`{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":%q}}}}}`,
		time.Now().Format(time.RFC3339Nano))
	if _, err := c.Kubernetes.AppsV1().Deployments(namespace).Patch(ctx, name, types.StrategicMergePatchType,
		[]byte(patch), metav1.PatchOptions{}); err != nil {
		return fmt.Errorf("restart %s/%s: %w", namespace, name, err)
	}
	return nil
}

// Gone waits until a namespace has no Deployment and no pod of these labels. A
// Deployment that is being deleted stays until its pods are gone, and takes no
// change meanwhile.
func (c *Cluster) Gone(ctx context.Context, namespace, selector string) error {
	return c.until(ctx, fmt.Sprintf("nothing with %s is left in %s", selector, namespace), func(ctx context.Context) error {
		options := metav1.ListOptions{LabelSelector: selector}
		deployments, err := c.Kubernetes.AppsV1().Deployments(namespace).List(ctx, options)
		if err != nil {
			return err
		}
		pods, err := c.Kubernetes.CoreV1().Pods(namespace).List(ctx, options)
		if err != nil {
			return err
		}
		if left := len(deployments.Items) + len(pods.Items); left > 0 {
			return fmt.Errorf("%d are", left)
		}
		return nil
	})
}
