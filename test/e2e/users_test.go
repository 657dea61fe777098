//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gruntwork-io/terratest/modules/k8s"
	"github.com/gruntwork-io/terratest/modules/logger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/gateway"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// usersThings are what a user has that this suite once took for its own, beside the
// namespace lightstep, the release and Bookinfo, which are here already.
const usersThings = `
apiVersion: v1
kind: Secret
metadata: {name: lightstep-access-token, namespace: istio-system}
stringData: {token: the user's}
---
apiVersion: v1
kind: Secret
metadata: {name: lightstep.cacert, namespace: default}
stringData: {cacert.pem: the user's}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kept, namespace: lightstep, labels: {of: user}, annotations: {a: b}}
data: {key: value}
---
apiVersion: v1
kind: Namespace
metadata: {name: without-ca, labels: {of: user}}
`

// own is this very suite as a user runs it on a cluster of theirs: a process of its own.
type own struct {
	env, arguments []string
	// built is where the run would keep what it builds.
	built string
}

// usersPrograms are all that such a run may call (bash for the commands of the pages): it needs no Docker, kind or istioctl.
var usersPrograms = []string{"bash", "git", "go", "helm", "pkill"}

// asUser prepares to run the suite on the mesh's cluster as on one of a user's.
func (m *mesh) asUser(t *testing.T, env ...string) own {
	t.Helper()
	o := own{arguments: []string{"-test.v", "-test.timeout=20m"}, built: t.TempDir()}
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "E2E_") && !strings.HasPrefix(e, "SKIP_") && !strings.HasPrefix(e, "SUITE=") && !strings.HasPrefix(e, "KEEP=") {
			o.env = append(o.env, e)
		}
	}
	programs := t.TempDir()
	for _, name := range usersPrograms {
		file, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(file, filepath.Join(programs, name)))
	}
	o.env = append(o.env, "PATH="+programs, "DOCKER_HOST=unix:///nowhere", "ISTIO_LIGHTSTEP_CACHE="+o.built,
		"E2E_KUBECONFIG="+m.Kubeconfig, "E2E_CONTEXT="+m.cluster.Context, "ISTIO="+m.Istio.Minor)
	o.env = append(o.env, env...)
	return o
}

// builtNothing requires that it has built neither istioctl nor an image.
func (o own) builtNothing(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(o.built)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// start runs it; said is what it printed once it has ended.
func (o own) start(t *testing.T) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	command := exec.CommandContext(t.Context(), program, o.arguments...)
	said := &bytes.Buffer{}
	command.Env, command.Stdout, command.Stderr = o.env, said, said
	require.NoError(t, command.Start())
	return command, said
}

// run runs it to its end.
func (o own) run(t *testing.T) (string, error) {
	t.Helper()
	command, said := o.start(t)
	err := command.Wait()
	return said.String(), err
}

// same requires that every object of the cluster is as it was.
func (m *mesh) same(t *testing.T, before cluster.Snapshot, after string) {
	t.Helper()
	now, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)
	require.Empty(t, before.Diff(now), "%s left the cluster changed", after)
	m.step("%d objects are as they were after %s", len(now), after)
}

// usersCluster has the suite run on a cluster that is full of a user's things, in each
// way that may be: every object is the same afterwards.
func usersCluster(t *testing.T, m *mesh) {
	m.ownNames(t)
	m.released(t)
	m.tracing(t, m.bookinfo())
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		require.NoError(t, m.cluster.Delete(ctx, "", usersThings))
		require.NoError(t, m.cluster.DeleteNamespace(ctx, "without-ca"))
	})
	require.NoError(t, m.cluster.Apply(t.Context(), "", usersThings))
	before, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)

	zipkin := k8s.NewTunnelWithLogger(gateway.Options(m.cluster, m.satellite.Namespace), k8s.ResourceTypeService, "zipkin", 0, 9411, logger.Discard)
	require.NoError(t, m.satellite.ZipkinReady(t.Context()))
	require.NoError(t, zipkin.ForwardPortE(t))
	defer zipkin.Close()
	observing := m.asUser(t, "E2E_URL="+m.gateway+"/productpage?u=normal", "E2E_SOURCE=zipkin=http://"+zipkin.Endpoint(),
		"E2E_TREE=istio-ingressgateway(productpage(details,reviews(ratings?)))")
	said, err := observing.run(t)
	require.NoError(t, err, "%s", said)
	assert.Contains(t, said, "20 of 20 requests have exactly the expected trace")
	observing.builtNothing(t)
	m.same(t, before, "observing")
	m.anotherRepository(t, "ZIPKIN_URL=http://"+zipkin.Endpoint())
	m.same(t, before, "the test of another repository")
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGKILL} {
		command, _ := observing.start(t)
		// Requests are on their way, or their traces are waited for.
		time.Sleep(time.Second)
		require.NoError(t, command.Process.Signal(s))
		require.Error(t, command.Wait(), "it was over before it was ended")
		m.same(t, before, "observing, ended by "+s.String())
	}
	for name, refused := range map[string]struct {
		env  []string
		says []string
	}{
		"a suite that changes":         {[]string{"SUITE=e2e"}, []string{"SUITE=observe", "E2E_CHANGES"}},
		"a suite that breaks":          {[]string{"SUITE=faults", "E2E_CHANGES=" + m.cluster.Context}, []string{"kind cluster of its own"}},
		"another cluster's name":       {[]string{"SUITE=e2e", "E2E_CHANGES=elsewhere"}, []string{"nothing was changed"}},
		"a cluster that has an Istio":  {[]string{"SUITE=e2e", "E2E_CHANGES=" + m.cluster.Context}, []string{"namespace istio-system", "definition telemetries.telemetry.istio.io", "webhook istio-"}},
		"a cluster that has a release": {[]string{"SUITE=e2e", "E2E_CHANGES=" + m.cluster.Context, "E2E_INSTALLED=1"}, []string{"Secret istio-system/lightstep-access-token", "ConfigMap istio-system/istio-lightstep", "sh.helm.release.v1.istio-lightstep", "PersistentVolumeClaim istio-system/queue-"}},
	} {
		said, err := m.asUser(t, refused.env...).run(t)
		require.Error(t, err, "%s is not refused: %s", name, said)
		for _, says := range refused.says {
			assert.Contains(t, said, says, name)
		}
		m.same(t, before, name+", which is refused")
	}
}

// anotherRepository runs a test of a repository outside of this one on the mesh, which
// gets package spantest by go get.
func (m *mesh) anotherRepository(t *testing.T, source ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "-timeout=20m", "-run", "^TestAnotherRepositoryOnAMesh$", ".")
	command.Dir = filepath.Join(m.Root, "test", "spantest")
	command.Env = append(append(os.Environ(), "PAGE_URL="+m.gateway+"/productpage?u=normal", "KUBECONFIG="+m.Kubeconfig), source...)
	said, err := command.CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Equal(t, 2, strings.Count(string(said), "12 of 12 requests have exactly the expected trace"), "%s", said)
	m.step("a repository outside of this one sees its traces by %s", source[0])
}

// usersMesh has the items that leave Istio alone run on a cluster whose Istio, namespaces
// and application are a user's and that the user has named: to their end, with an install
// that fails, and interrupted.
func usersMesh(t *testing.T, m *mesh) {
	m.unreleased(t)
	if !m.documented {
		m.document(t)
	}
	m.volumesGone(t)
	require.NoError(t, m.cluster.Apply(t.Context(), "lightstep", strings.Split(usersThings, "---")[2]))
	t.Cleanup(func() {
		require.NoError(t, m.cluster.Delete(context.WithoutCancel(t.Context()), "lightstep", strings.Split(usersThings, "---")[2]))
	})
	before, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)
	// With a values file of theirs, as the README has it: the token is in a Secret, and the version is named.
	theirs := "accessTokenFrom: {name: users-token}\nistio: {version: " + m.Istio.Version + "}\ncollector: {replicas: 3}\n"
	values := filepath.Join(t.TempDir(), "values.yaml")
	require.NoError(t, os.WriteFile(values, []byte(theirs), 0o600))
	changing := m.asUser(t, "SUITE=e2e", "E2E_CHANGES="+m.cluster.Context, "E2E_INSTALLED=1", "E2E_GATEWAY="+m.gateway, "E2E_VALUES="+values)
	said, err := changing.run(t)
	require.NoError(t, err, "%s", said)
	for _, line := range []string{
		"create and delete  namespace lightstep-", "create and delete  Secret " + m.Namespace + "/users-token",
		"--- PASS: TestMesh/Collector", "--- PASS: TestMesh/Uninstall", "--- SKIP: TestMesh/WaysInRefused",
		"--- SKIP: TestMesh/VersionWrong", "--- SKIP: TestMesh/CommandsReadme",
	} {
		assert.Contains(t, said, line)
	}
	changing.builtNothing(t)
	m.volumesGone(t)
	m.same(t, before, "the items that leave Istio alone")

	// The API server refuses one of its objects, when others are there.
	refused := filepath.Join(t.TempDir(), "values.yaml")
	theirs += "extraObjects: [{apiVersion: v1, kind: Service, metadata: {name: refused}, spec: {ports: [{port: 70000}]}}]\n"
	require.NoError(t, os.WriteFile(refused, []byte(theirs), 0o600))
	failing := changing
	failing.env = append(slices.Clone(changing.env), "E2E_VALUES="+refused)
	failing.arguments = append(slices.Clone(changing.arguments), "-test.run=^TestMesh$/^Collector$")
	said, err = failing.run(t)
	require.Error(t, err, "%s", said)
	assert.Contains(t, said, "--- FAIL: TestMesh/Collector")
	assert.Contains(t, said, "what was made on the cluster is gone")
	m.volumesGone(t)
	m.same(t, before, "an install that fails")

	command, cut := changing.start(t)
	require.Eventually(t, func() bool {
		now, err := m.cluster.Kubernetes.CoreV1().Secrets(m.Namespace).List(t.Context(), release.Of(m.Release))
		return err == nil && len(now.Items) > 0
	}, 5*time.Minute, time.Second, "the release is being installed")
	require.NoError(t, command.Process.Signal(os.Interrupt))
	require.Error(t, command.Wait())
	assert.Contains(t, cut.String(), "what was made is taken back")
	m.volumesGone(t)
	m.same(t, before, "an interrupt in the middle of the install")
}

// usersBare has the suite run on a cluster of a user's without any Istio, and install one:
// every object is the same afterwards, and nothing of Istio is left. It takes the mesh's
// own Istio away, so it comes last.
func usersBare(t *testing.T, m *mesh) {
	m.unreleased(t)
	require.NoError(t, m.istio.Uninstall(t.Context()))
	require.NoError(t, m.removeDefinitions(t.Context()))
	require.NoError(t, m.cluster.DeleteNamespace(t.Context(), istio.Namespace))
	m.documented = false
	m.volumesGone(t)
	before, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)
	installing := m.asUser(t, "SUITE=e2e", "E2E_CHANGES="+m.cluster.Context, "ISTIO_LIGHTSTEP_CACHE="+m.Cache) // its istioctl
	installing.arguments = append(installing.arguments, "-test.run=^TestMesh$/^(WaysInRefused|Collector|Uninstall)$")
	said, err := installing.run(t)
	require.NoError(t, err, "%s", said)
	assert.Contains(t, said, "create and delete  namespace istio-system, all of Istio in it")
	assert.Contains(t, said, "--- PASS: TestMesh/Collector")
	m.volumesGone(t)
	m.same(t, before, "a run that installs Istio")
	left, err := m.cluster.Kubernetes.CoreV1().ConfigMaps("").List(t.Context(), metav1.ListOptions{FieldSelector: "metadata.name=istio-ca-root-cert"})
	require.NoError(t, err)
	require.Empty(t, left.Items, "istiod wrote it into each namespace")
}

// volumesGone waits until the volumes of a release that was taken away are gone.
func (m *mesh) volumesGone(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		core := m.cluster.Kubernetes.CoreV1()
		claims, err := core.PersistentVolumeClaims("").List(t.Context(), metav1.ListOptions{})
		volumes, volumesErr := core.PersistentVolumes().List(t.Context(), metav1.ListOptions{})
		return err == nil && volumesErr == nil && len(claims.Items)+len(volumes.Items) == 0
	}, 2*time.Minute, time.Second, "volumes of a release that is gone stay")
}
