package release

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gruntwork-io/terratest/modules/helm"
	"github.com/gruntwork-io/terratest/modules/logger"
	"github.com/gruntwork-io/terratest/modules/testing"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/gateway"
)

// Values are Helm values.
type Values map[string]any

// Release is a release of the chart, installed or to be.
type Release struct {
	// Name and Namespace are Helm's.
	Name, Namespace string
	// Chart is the folder of the chart.
	Chart string
	// Base are values files that come before all others, a later one over an earlier
	// one. Last is one that comes after them; empty for none.
	Base []string
	Last string
	// NoWait does not wait until what was installed is ready.
	NoWait bool
	// Kube is the version of Kubernetes that Document renders for; empty for Helm's
	// own default.
	Kube string

	cluster *cluster.Cluster
}

// New prepares a release.
func New(c *cluster.Cluster, name, namespace, chart string, base ...string) *Release {
	return &Release{Name: name, Namespace: namespace, Chart: chart, Base: base, cluster: c}
}

// UseHelm has terratest find this helm under the name it runs.
func UseHelm(path string) error {
	found, err := filepath.Abs(path)
	if !strings.ContainsRune(path, filepath.Separator) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(found); err != nil {
		return fmt.Errorf("helm: %w", err)
	}
	dir, err := os.MkdirTemp("", "helm")
	if err != nil {
		return err
	}
	if err := os.Symlink(found, filepath.Join(dir, "helm")); err != nil {
		return err
	}
	return os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
}

// Install runs `helm install`, with --wait unless NoWait is set, with the values, later ones winning, and
// gives what Helm printed: the NOTES. The error holds Helm's message.
//
// On a cluster that the run did not make, a release of this name that another made is an
// error, and this one gets the run's label.
func (r *Release) Install(t testing.TestingT, ctx context.Context, values ...Values) (string, error) {
	if err := r.mine(ctx); err != nil {
		return "", err
	}
	args := []string{r.Name, r.Chart, "--timeout", "3m"}
	if !r.NoWait {
		args = append(args, "--wait")
	}
	if r.cluster.Run != "" {
		args = append(args, "--labels", cluster.RunLabel+"="+r.cluster.Run)
	}
	return r.withValues(t, ctx, "install", args, values)
}

// Of selects the Secrets in which Helm keeps the releases of a name.
func Of(name string) metav1.ListOptions {
	return metav1.ListOptions{LabelSelector: "owner=helm,name=" + name}
}

// mine is nil where no release of this name is, or one that the run made.
func (r *Release) mine(ctx context.Context) error {
	if r.cluster.Run == "" {
		return nil
	}
	of := Of(r.Name)
	of.LabelSelector += fmt.Sprintf(",%s!=%s", cluster.RunLabel, r.cluster.Run)
	secrets, err := r.cluster.Kubernetes.CoreV1().Secrets(r.Namespace).List(ctx, of)
	if err != nil {
		return err
	}
	if len(secrets.Items) > 0 {
		return fmt.Errorf("release %s in namespace %s: %w", r.Name, r.Namespace, cluster.ErrForeign)
	}
	return nil
}

// Upgrade runs `helm upgrade --wait` with the values, and no others.
func (r *Release) Upgrade(t testing.TestingT, ctx context.Context, values ...Values) (string, error) {
	if err := r.mine(ctx); err != nil {
		return "", err
	}
	return r.withValues(t, ctx, "upgrade", []string{r.Name, r.Chart, "--wait", "--timeout", "3m"}, values)
}

// DryRun has Helm ask the cluster and change nothing: `helm upgrade --install
// --dry-run=server`. It gives the NOTES with the objects before them.
func (r *Release) DryRun(t testing.TestingT, ctx context.Context, values ...Values) (string, error) {
	return r.withValues(t, ctx, "upgrade", []string{r.Name, r.Chart, "--install", "--dry-run=server", "--hide-secret"}, values)
}

// Document renders a control-plane document, as `helm template --set output=…`
// does.
func (r *Release) Document(t testing.TestingT, ctx context.Context, output string, values ...Values) (string, error) {
	args := []string{r.Name, r.Chart, "--set", "output=" + output}
	if r.Kube != "" {
		args = append(args, "--kube-version", r.Kube)
	}
	return r.withValues(t, ctx, "template", args, values)
}

// Rollback runs `helm rollback --wait` to a revision of the release; 0 is the one
// before.
func (r *Release) Rollback(t testing.TestingT, ctx context.Context, revision int) error {
	if err := r.mine(ctx); err != nil {
		return err
	}
	_, err := r.run(t, ctx, "rollback", r.Name, fmt.Sprint(revision), "--wait", "--timeout", "3m")
	return err
}

// Test runs `helm test` and gives what it printed.
func (r *Release) Test(t testing.TestingT, ctx context.Context) (string, error) {
	return r.run(t, ctx, "test", r.Name, "--timeout", "2m")
}

// Uninstall runs `helm uninstall --wait`, if the release is there.
func (r *Release) Uninstall(t testing.TestingT, ctx context.Context) error {
	if err := r.mine(ctx); err != nil {
		return err
	}
	_, err := r.run(t, ctx, "uninstall", r.Name, "--ignore-not-found", "--wait", "--timeout", "3m")
	return err
}

// Drop runs `helm uninstall --no-hooks --wait`, which leaves what waits for the
// satellite on the collectors' volumes.
func (r *Release) Drop(t testing.TestingT, ctx context.Context) error {
	if err := r.mine(ctx); err != nil {
		return err
	}
	_, err := r.run(t, ctx, "uninstall", r.Name, "--no-hooks", "--wait", "--timeout", "3m")
	return err
}

func (r *Release) withValues(t testing.TestingT, ctx context.Context, command string, args []string, values []Values) (string, error) {
	dir, err := os.MkdirTemp("", "values")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, file := range r.Base {
		args = append(args, "-f", file)
	}
	for i, v := range values {
		text, err := yaml.Marshal(v)
		if err != nil {
			return "", fmt.Errorf("values: %w", err)
		}
		file := filepath.Join(dir, fmt.Sprintf("%d.yaml", i))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			return "", err
		}
		args = append(args, "-f", file)
	}
	if r.Last != "" {
		args = append(args, "-f", r.Last)
	}
	return r.run(t, ctx, command, args...)
}

func (r *Release) run(t testing.TestingT, ctx context.Context, command string, args ...string) (string, error) {
	options := &helm.Options{KubectlOptions: gateway.Options(r.cluster, r.Namespace), Logger: logger.Discard}
	stdout, err := helm.RunHelmCommandAndGetStdOutContextE(t, ctx, options, command, args...)
	if err != nil {
		return stdout, fmt.Errorf("helm %s %s: %w", command, r.Name, err)
	}
	return stdout, nil
}
