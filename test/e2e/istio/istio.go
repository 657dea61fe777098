package istio

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// Namespace is that of istiod and the ingress gateway.
const Namespace = "istio-system"

// quick has listeners drain in five seconds in place of 45 after a change: so
// long do proxies serve connections that were open before it as they did.
const quick = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig: {defaultConfig: {drainDuration: 5s}}
`

// Installation is an Istio on a cluster.
type Installation struct {
	// Release is the Istio that runs.
	Release settings.Istio
	// Revision is empty for the default one.
	Revision string

	cluster        *cluster.Cluster
	istioctl, mine string
}

// New prepares to install a release by the istioctl of its minor, as Build gives
// it, with a file that stands for the user's own document.
func New(c *cluster.Cluster, release settings.Istio, revision, istioctl, mine string) *Installation {
	return &Installation{Release: release, Revision: revision, cluster: c, istioctl: istioctl, mine: mine}
}

// Build gives the path of a minor's istioctl in the project's cache, and makes it
// from source, in one to five minutes, where it is not there yet. Root is the
// folder of the repository.
func Build(ctx context.Context, root, cache, minor string) (istioctl string, err error) {
	istioctl = filepath.Join(cache, "istio", minor, "istioctl")
	if _, err := os.Stat(istioctl); err == nil {
		return istioctl, nil
	}
	cmd := exec.CommandContext(ctx, "go", "run", "./cmd/build", minor)
	cmd.Dir = filepath.Join(root, "test", "conformance")
	cmd.Env = append(os.Environ(), "ISTIO_LIGHTSTEP_CACHE="+cache)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build istioctl of %s: %w: %s", minor, err, bytes.TrimSpace(out))
	}
	return istioctl, nil
}

// Install runs `istioctl install -f mine.yaml -f … -f -` with the documents after
// the user's own, the last by its standard input, and waits until istiod and the
// gateway run. What runs already is changed.
func (i *Installation) Install(ctx context.Context, documents ...string) error {
	dir, err := os.MkdirTemp("", "istio")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	args := []string{
		"install", "--skip-confirmation", "--readiness-timeout", "3m",
		"--set", "tag=" + i.Release.Version, "-f", i.mine,
	}
	if i.Revision != "" {
		args = append(args, "--revision", i.Revision)
	}
	stdin := ""
	for n, document := range append([]string{quick}, documents...) {
		if n > 0 && n == len(documents) {
			args, stdin = append(args, "-f", "-"), document
			continue
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.yaml", n))
		if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
			return err
		}
		args = append(args, "-f", file)
	}
	if err := i.run(ctx, stdin, args...); err != nil {
		return err
	}
	return i.validates(ctx)
}

// validates waits until the API server reaches istiod's validation webhook,
// which every object of Istio's goes through: the new istiod is ready before
// the node has the way to it.
func (i *Installation) validates(ctx context.Context) error {
	of := schema.GroupVersion{Group: "security.istio.io", Version: "v1beta1"}
	policy := &unstructured.Unstructured{}
	policy.SetGroupVersionKind(of.WithKind("PeerAuthentication"))
	policy.SetName("validated")
	var first error
	err := wait.PollUntilContextTimeout(ctx, time.Second, time.Minute, true, func(ctx context.Context) (bool, error) {
		_, err := i.cluster.Dynamic.Resource(of.WithResource("peerauthentications")).Namespace(Namespace).
			Create(ctx, policy, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		first = cmp.Or(first, err)
		return err == nil, nil
	})
	if err != nil {
		return fmt.Errorf("istiod's validation webhook: %w", cmp.Or(first, err))
	}
	return nil
}

// Uninstall takes every revision of Istio away, and waits until it is gone: an
// installation that follows would find Deployments that are still being deleted.
func (i *Installation) Uninstall(ctx context.Context) error {
	if err := i.run(ctx, "", "uninstall", "--purge", "--skip-confirmation"); err != nil {
		return err
	}
	return i.cluster.Gone(ctx, Namespace, "istio.io/rev")
}

// Remove takes this revision alone away.
func (i *Installation) Remove(ctx context.Context) error {
	revision := i.Revision
	if revision == "" {
		revision = "default"
	}
	return i.run(ctx, "", "uninstall", "--revision", revision, "--skip-confirmation")
}

// Label gives the labels by which a namespace's pods get this revision's proxy.
func (i *Installation) Label() map[string]string {
	if i.Revision == "" {
		return map[string]string{"istio-injection": "enabled"}
	}
	return map[string]string{"istio.io/rev": i.Revision}
}

// Deployment is the name of this revision's istiod.
func (i *Installation) Deployment() string {
	if i.Revision == "" {
		return "istiod"
	}
	return "istiod-" + i.Revision
}

func (i *Installation) run(ctx context.Context, stdin string, args ...string) error {
	args = append(args, "--kubeconfig", i.cluster.Kubeconfig)
	if i.cluster.Context != "" {
		args = append(args, "--context", i.cluster.Context)
	}
	cmd := exec.CommandContext(ctx, i.istioctl, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("istioctl %s of %s: %w: %s", args[0], i.Release.Minor, err, bytes.TrimSpace(out.Bytes()))
	}
	return nil
}
