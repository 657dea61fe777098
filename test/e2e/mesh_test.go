//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gruntwork-io/terratest/modules/logger"
	test_structure "github.com/gruntwork-io/terratest/modules/test-structure"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo/kube"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/gateway"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/kind"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/suite"
	"github.com/istio-lightstep/istio-lightstep/test/offline/images"
)

// mesh is what the tests share: one cluster with one Istio, a satellite and
// Bookinfo. A test that changes any of it puts it back.
type mesh struct {
	settings.Settings
	cluster   *cluster.Cluster
	kind      *kind.Cluster
	istio     *istio.Installation
	satellite *satellite.Satellite
	gateway   string
	// host is the name behind which the application is; empty for every name.
	host string
	// volumeSize is that of each collector's volume; a test that wants another sets
	// it before it installs.
	volumeSize string
	// valuesFile is what the user's values file holds, which Helm gets last.
	valuesFile []byte
	shared     *shared
	// documented says that istiod was given a control-plane document of ours.
	documented bool
	// changing says that the preflight has let the run change a cluster of the user's.
	changing bool
	// interrupted is set once a signal has come.
	interrupted *atomic.Bool
	// pulled are the official names of the images that the nodes pulled.
	pulled []string
	// tree is the commit that the run began with, once it is known.
	tree string
	// delivery sums up what verdict saw since an item began.
	delivery *suite.Delivery

	started time.Time
	closers []func()
}

// shared is the release that several items look at.
type shared struct {
	notes  string
	before cluster.Snapshot
}

// step prints a line of progress with the seconds since the start.
func (m *mesh) step(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(m.started).Seconds(), fmt.Sprintf(format, args...))
}

var flagged = settings.Flags(flag.CommandLine, os.Getenv)

// newMesh brings up what is not skipped by SKIP_<stage>=true. It skips a test
// that is of none of the suites.
func newMesh(t *testing.T, of ...settings.Suite) *mesh {
	t.Helper()
	// Each command and each retry would be a line of its own.
	logger.Default = logger.Discard
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	s, err := flagged.Settings(root)
	require.NoError(t, err)
	if !slices.Contains(of, s.Suite) {
		t.Skipf("not of the suite %s (-suite)", s.Suite)
	}
	require.NoError(t, release.UseHelm(s.Helm))
	m := &mesh{Settings: s, volumeSize: "100Mi", started: time.Now(), interrupted: &atomic.Bool{}}
	t.Cleanup(func() { m.close(t) })
	m.connect(t)
	m.istio = m.istioOf(t, s.Istio, "")
	m.harmless(t)
	test_structure.RunTestStage(t, "satellite", func() { m.deploySatellite(t) })
	test_structure.RunTestStage(t, "istio", func() { m.installIstio(t) })
	test_structure.RunTestStage(t, "bookinfo", func() { m.deployBookinfo(t, m.Application, m.istio) })
	m.findGateway(t)
	require.NoError(t, m.page().Answers(t.Context()))
	m.step("Bookinfo answers at %s/productpage", m.gateway)
	return m
}

// findGateway looks for the ingress gateway's URL, unless the user gave it.
func (m *mesh) findGateway(t *testing.T) {
	t.Helper()
	if m.gateway = m.Gateway; m.gateway != "" {
		return
	}
	ctx := context.WithoutCancel(t.Context())
	url, closer, err := gateway.Find(t, ctx, m.cluster, istio.Namespace, "istio-ingressgateway")
	require.NoError(t, err)
	m.gateway, m.closers = url, append(m.closers, closer)
}

// istioOf prepares to install an Istio on the run's cluster.
func (m *mesh) istioOf(t *testing.T, release settings.Istio, revision string) *istio.Installation {
	t.Helper()
	istioctl := ""
	if !m.Installed {
		var err error
		istioctl, err = istio.Build(t.Context(), m.Root, m.Cache, release.Minor)
		require.NoError(t, err)
	}
	return istio.New(m.cluster, release, revision, istioctl, m.mine())
}

// mine is the document of Istio that stands for the user's own.
func (m *mesh) mine() string { return filepath.Join(m.Root, "test/offline/images/istio.yaml") }

func (m *mesh) connect(t *testing.T) {
	t.Helper()
	if m.Own() {
		c, err := cluster.Connect(m.Kubeconfig, m.Context)
		require.NoError(t, err)
		c.Run = m.Run
		m.cluster, m.host = c, m.Application+".example"
		return
	}
	m.Kubeconfig = filepath.Join(m.Cache, "e2e-"+m.Cluster+".kubeconfig")
	configuration := m.KindConfig
	if configuration == "" {
		configuration = filepath.Join(m.Root, "test/offline/images/node", m.Suite.Node())
	}
	test_structure.RunTestStage(t, "cluster", func() {
		pulled, archives := m.origins(t, m.imageNames())
		k, err := kind.Create(m.Cluster, nodeImage, m.Kubeconfig, configuration)
		require.NoError(t, err)
		m.kind, m.cluster, m.pulled = k, k.Cluster, images.Names(pulled)
		m.onSignal(t)
		m.step("kind cluster %s is ready", m.Cluster)
		require.NoError(t, images.Load(t.Context(), m.Cluster, archives, os.Stderr))
		require.NoError(t, images.PullInto(t.Context(), m.Cluster, m.Mirror, pulled, os.Stderr))
		m.step("%d images are on its nodes, %d of them pulled", len(archives)+len(pulled), len(pulled))
	})
	if m.cluster == nil {
		c, err := cluster.Connect(m.Kubeconfig, "kind-"+m.Cluster)
		require.NoError(t, err)
		m.cluster = c
	}
}

// nodeImage is the node's, as the table of images has it.
const nodeImage = "kindest/node:v1.34.4"

// imageNames are those of the table that this run needs.
func (m *mesh) imageNames() []string {
	names := []string{
		nodeImage,
		"opentelemetry-collector-contrib", "zipkin", ownImage,
		"examples-bookinfo-details-v1:1.20.3", "examples-bookinfo-productpage-v1:1.20.3",
		"examples-bookinfo-ratings-v1:1.20.3", "examples-bookinfo-reviews-v1:1.20.3",
		"examples-bookinfo-reviews-v2:1.20.3", "examples-bookinfo-reviews-v3:1.20.3",
	}
	if m.Suite == settings.All {
		names = append(names, "metrics-server")
	}
	for _, v := range append([]string{m.Istio.Version}, m.Suite.Further()...) {
		names = append(names, "pilot:"+v, "proxyv2:"+v)
	}
	return names
}

// ownImage is the project's own.
const ownImage = "istio-lightstep"

// origins decides where each image comes from: those that the nodes pull, and
// archives of the others. The project's own is built, as a registry has that of
// the last release and not of this tree; a mirror is told to have this tree's.
func (m *mesh) origins(t *testing.T, names []string) (pulled []images.Image, archives []images.Archive) {
	t.Helper()
	built := names
	if m.Images != settings.Build {
		asked := names
		if m.Mirror == "" {
			asked = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return name == ownImage })
		}
		official, others, err := images.Official(t.Context(), m.Mirror, asked, os.Stderr)
		require.NoError(t, err)
		if m.Images == settings.Pull {
			require.Empty(t, images.Names(others), "no registry has these: -images=auto builds them")
		}
		pulled, built = official, images.Names(others)
		if m.Mirror == "" {
			built = append(built, ownImage)
		}
	}
	if len(built) == 0 {
		return pulled, nil
	}
	archives, err := images.Build(t.Context(), m.Cache, built, os.Stderr)
	require.NoError(t, err)
	return pulled, archives
}

func (m *mesh) deploySatellite(t *testing.T) {
	t.Helper()
	s, err := satellite.Deploy(t.Context(), m.cluster, m.satelliteNamespace(), token, m.proxyImage())
	require.NoError(t, err)
	m.satellite = s
	m.step("a satellite takes spans at %s", s.Address())
	m.usersValues(t)
}

// satelliteNamespace is the README's on a cluster of the suite's.
func (m *mesh) satelliteNamespace() string {
	if m.Own() {
		return "lightstep-" + m.Run
	}
	return satellite.Namespace
}

// token is the access token of the satellite. Its special characters are such as
// real ones have.
const token = "e2e-tok/en+1234567890=="

func (m *mesh) proxyImage() string { return "docker.io/istio/proxyv2:" + m.Istio.Version }

// installIstio installs Istio as the user has it before there is a release.
func (m *mesh) installIstio(t *testing.T) {
	t.Helper()
	if m.Installed {
		m.step("Istio is taken as it is")
		return
	}
	if m.Own() {
		// With the run's label, so that what is in it may be changed.
		require.NoError(t, m.cluster.Namespace(t.Context(), istio.Namespace, nil))
	}
	require.NoError(t, m.istio.Install(t.Context()))
	m.step("Istio %s runs", m.Istio.Version)
}

// deployBookinfo makes Bookinfo in a namespace with the sidecars of an Istio.
func (m *mesh) deployBookinfo(t *testing.T, namespace string, of *istio.Installation) {
	t.Helper()
	// Also for putting back what was, when the test's own context is over.
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, m.cluster.Namespace(ctx, namespace, of.Label()))
	require.NoError(t, m.cluster.Apply(ctx, namespace, m.bookinfoObjects(t)))
	gateway := m.bookinfoGateway(t, of.Release)
	if m.host != "" {
		// Other hosts are the user's.
		gateway = strings.ReplaceAll(gateway, `- "*"`, "- "+m.host)
	}
	require.NoError(t, m.cluster.Apply(ctx, namespace, gateway))
	require.NoError(t, m.cluster.Ready(ctx, namespace))
	m.step("Bookinfo runs in namespace %s", namespace)
}

func (m *mesh) bookinfoObjects(t *testing.T) string {
	t.Helper()
	return manifest(t, "bookinfo.yaml")
}

func (m *mesh) bookinfoGateway(t *testing.T, release settings.Istio) string {
	t.Helper()
	if release.GatewayAPI == "v1alpha3" {
		return manifest(t, "bookinfo-gateway-v1alpha3.yaml")
	}
	return manifest(t, "bookinfo-gateway.yaml")
}

func manifest(t *testing.T, name string) string {
	t.Helper()
	text, err := kube.Manifests.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// bookinfo is what the traces of this run's Bookinfo are to be.
func (m *mesh) bookinfo() bookinfo.Mesh {
	return bookinfo.Mesh{Namespace: m.Application, RouterSpan: m.Istio.RouterSpan}
}

// close saves the state of a run that failed, and takes away what was made.
func (m *mesh) close(t *testing.T) {
	t.Helper()
	if m.interrupted.Load() {
		// Who handles the signal takes back what was made, and ends the process.
		select {}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	for _, c := range m.closers {
		c()
	}
	if t.Failed() && m.cluster != nil {
		if err := m.cluster.SaveState(ctx, m.Artifacts); err != nil {
			m.step("state was saved only in part: %v", err)
		}
		m.step("logs, events and states of all pods are in %s", m.Artifacts)
	}
	if m.Keep && m.cluster != nil {
		m.tellHowToLook()
		return
	}
	test_structure.RunTestStage(t, "teardown", func() { m.tearDown(ctx, t) })
}

func (m *mesh) tearDown(ctx context.Context, t *testing.T) {
	t.Helper()
	if m.kind != nil {
		if err := m.kind.Delete(); err != nil {
			t.Errorf("the kind cluster is left behind: %v", err)
		}
		m.step("the kind cluster is gone")
		return
	}
	if m.cluster == nil || m.Own() && !m.changing {
		return
	}
	var failed []error
	if m.Own() {
		failed = m.giveBack(ctx, t)
	} else {
		failed = append(failed, m.cluster.Delete(ctx, m.Application, manifestsOf(t)),
			m.cluster.DeleteNamespace(ctx, satellite.Namespace), m.istio.Uninstall(ctx))
	}
	if err := errors.Join(failed...); err != nil {
		t.Errorf("left behind: %v", err)
		return
	}
	m.step("what was made on the cluster is gone")
}

func manifestsOf(t *testing.T) string {
	t.Helper()
	return strings.Join([]string{manifest(t, "bookinfo.yaml"), manifest(t, "bookinfo-gateway.yaml")}, "\n---\n")
}

func (m *mesh) tellHowToLook() {
	m.step(`left in place:
  export KUBECONFIG=%s
  kubectl config use-context %s
  kubectl -n %s port-forward svc/zipkin 9411
  the traces:  http://localhost:9411/zipkin/?serviceName=productpage.%s
  the gateway: curl %s/productpage
  to end:      kind delete cluster --name %s`,
		m.Kubeconfig, m.cluster.Context, m.satelliteNamespace(), m.Application, m.gateway, m.Cluster)
}
