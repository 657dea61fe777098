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
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// Namespace is that of istiod and the ingress gateway.
const Namespace = "istio-system"

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

// On is the same installation by another connection with its cluster.
func (i *Installation) On(c *cluster.Cluster) *Installation {
	other := *i
	other.cluster = c
	return &other
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

// Yes answers istioctl, which asks whether to proceed.
const Yes = "y\n"

// Mine is the user's own document: all that this Istio is to be is in it, so that
// commands are what the documentation has, with no flag more.
func (i *Installation) Mine() ([]byte, error) {
	text, err := os.ReadFile(i.mine)
	if err != nil {
		return nil, err
	}
	var document map[string]any
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", i.mine, err)
	}
	// So long do proxies serve connections as before that were open before a change; 45 s else.
	settings := map[string]string{"tag": i.Release.Version, "meshConfig.defaultConfig.drainDuration": "5s"}
	if i.Revision != "" {
		settings["revision"] = i.Revision
	}
	for path, value := range settings {
		if err := unstructured.SetNestedField(document, value, append([]string{"spec"}, strings.Split(path, ".")...)...); err != nil {
			return nil, fmt.Errorf("%s: %w", i.mine, err)
		}
	}
	return yaml.Marshal(document)
}

// Install runs `istioctl install -f mine.yaml -f tracing.yaml` with the documents
// after the user's own, answers its question, and waits until istiod and the
// gateway run. What runs already is changed.
func (i *Installation) Install(ctx context.Context, documents ...string) error {
	dir, err := os.MkdirTemp("", "istio")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	mine, err := i.Mine()
	if err != nil {
		return err
	}
	args := []string{"install"}
	for n, document := range append([]string{string(mine)}, documents...) {
		file := filepath.Join(dir, fmt.Sprintf("%d.yaml", n))
		if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
			return err
		}
		args = append(args, "-f", file)
	}
	if err := i.run(ctx, Yes, args...); err != nil {
		return err
	}
	return i.Validates(ctx)
}

// Validates waits until the API server reaches istiod's validation webhook,
// which every object of Istio's goes through: the new istiod is ready before
// the node has the way to it.
func (i *Installation) Validates(ctx context.Context) error {
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
