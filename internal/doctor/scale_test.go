//go:build scale

package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	scaleNamespaces = 1000
	scalePods       = 10_000
)

// TestScale runs the command on a real API server that holds 1,000 namespaces
// and 10,000 pods with proxies, as objects. SCALE_KUBECONFIG names its
// kubeconfig; objects that are missing are made.
//
//	SCALE_KUBECONFIG=… go test -tags scale -run TestScale -v ./internal/doctor/
func TestScale(t *testing.T) {
	kubeconfig := os.Getenv("SCALE_KUBECONFIG")
	if kubeconfig == "" {
		t.Fatal("SCALE_KUBECONFIG names no kubeconfig of an API server to fill")
	}
	populate(t, kubeconfig)
	binary := filepath.Join(t.TempDir(), "istio-lightstep")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../cmd/istio-lightstep").CombinedOutput()
	require.NoError(t, err, string(out))

	var result Result
	command := exec.CommandContext(t.Context(), binary, "doctor", "mesh", "--kubeconfig", kubeconfig, "--ask=false", "-o", "json")
	var stdout bytes.Buffer
	command.Stdout, command.Stderr = &stdout, os.Stderr
	begun := time.Now()
	err = command.Run()
	took := time.Since(begun)
	var exit *exec.ExitError
	require.True(t, err == nil || errors.As(err, &exit), "%v", err)
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &result))
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	require.True(t, ok)
	mib := usage.Maxrss / 1024
	t.Logf("%d namespaces, %d pods: %.1f s, %d MiB, %d requests to the API server", scaleNamespaces, scalePods, took.Seconds(), mib, result.Calls)
	assert.Less(t, took, 10*time.Second)
	assert.Less(t, mib, int64(300))
	require.Len(t, result.Planes, 1)
	assert.Equal(t, scalePods, result.Planes[0].Proxies)
	assert.Empty(t, result.Gaps)
	// Nothing configures tracing there.
	require.Len(t, result.Findings, 1)
	assert.Equal(t, "LS-NOT-CONFIGURED", result.Findings[0].ID)
}

func populate(t *testing.T, kubeconfig string) {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	require.NoError(t, err)
	config.QPS, config.Burst = 2000, 2000
	config.GroupVersion = &schema.GroupVersion{}
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	client, err := rest.UnversionedRESTClientFor(config)
	require.NoError(t, err)
	post := func(path, body string) {
		err := client.Post().AbsPath(path).SetHeader("Content-Type", "application/json").Body([]byte(body)).Do(context.WithoutCancel(t.Context())).Error()
		if err != nil && !apierrors.IsAlreadyExists(err) {
			t.Error(err)
		}
	}
	post("/api/v1/namespaces", `{"metadata":{"name":"istio-system"}}`)
	post("/apis/apps/v1/namespaces/istio-system/deployments", `{"metadata":{"name":"istiod","labels":{"app":"istiod"}},"spec":{"selector":{"matchLabels":{"app":"istiod"}},
"template":{"metadata":{"labels":{"app":"istiod"}},"spec":{"containers":[{"name":"discovery","image":"docker.io/istio/pilot:1.31.0"}]}}}}`)
	post("/api/v1/namespaces/istio-system/configmaps", `{"metadata":{"name":"istio"},"data":{"mesh":"rootNamespace: istio-system\n"}}`)
	work := make(chan int)
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			for i := range work {
				namespace := fmt.Sprintf("team-%04d", i%scaleNamespaces)
				if i < scaleNamespaces {
					post("/api/v1/namespaces", fmt.Sprintf(`{"metadata":{"name":%q,"labels":{"istio-injection":"enabled"}}}`, namespace))
				}
				post("/api/v1/namespaces/"+namespace+"/pods", scalePod(i))
			}
		})
	}
	for i := range scalePods {
		work <- i
	}
	close(work)
	group.Wait()
}

// scalePod is a pod of the size that injection gives it, some 12 kB.
func scalePod(i int) string {
	var env []string
	for n := range 40 {
		env = append(env, fmt.Sprintf(`{"name":"VARIABLE_%d","value":%q}`, n, strings.Repeat("x", 120)))
	}
	variables := strings.Join(env, ",")
	return fmt.Sprintf(`{"metadata":{"name":"app-%05d","labels":{"app":"app","pod-template-hash":"6d4","service.istio.io/canonical-name":"app","team":"team-%d"},
"annotations":{"sidecar.istio.io/status":"{\"revision\":\"default\"}"},
"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"app-6d4","uid":"1","controller":true}]},
"spec":{"automountServiceAccountToken":false,"containers":[{"name":"app","image":"registry.example/app:1","env":[%s]},
{"name":"istio-proxy","image":"docker.io/istio/proxyv2:1.31.0","args":["proxy","sidecar"],"env":[%s]}]}}`, i, i%scaleNamespaces, variables, variables)
}
