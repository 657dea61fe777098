package alerts

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	corev1 "k8s.io/api/core/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

// Source is where the metrics of collectors are.
type Source interface {
	// Collectors gives the names of the pods that there are now.
	Collectors(ctx context.Context) ([]string, error)
	// Metrics gives the metrics of one, as it prints them.
	Metrics(ctx context.Context, pod string) (io.ReadCloser, error)
	// Others writes the metrics of others that the alerts go by.
	Others(ctx context.Context, w io.Writer) error
}

// Pods are the collectors of a release.
type Pods struct {
	Cluster            *cluster.Cluster
	Namespace, Release string
	// Requests gives how many requests the mesh answered; nil where nobody counts them.
	Requests func() int64
}

// Collectors gives the pods that have begun to run.
func (p Pods) Collectors(ctx context.Context) ([]string, error) {
	pods, err := p.Cluster.Pods(ctx, p.Namespace, "app.kubernetes.io/component=collector,app.kubernetes.io/instance="+p.Release)
	var names []string
	for _, pod := range pods {
		if pod.Status.Phase == corev1.PodRunning {
			names = append(names, pod.Name)
		}
	}
	return names, err
}

// Metrics asks a pod by the API server.
func (p Pods) Metrics(ctx context.Context, pod string) (io.ReadCloser, error) {
	return p.Cluster.Kubernetes.CoreV1().Pods(p.Namespace).ProxyGet("http", pod, "8888", "metrics", nil).Stream(ctx)
}

// targets is what Prometheus's http_sd_configs reads.
type targets struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

// handler serves the targets at /targets, their metrics at /metrics/POD, and those of
// others at /others. Each
// target has the labels that a PodMonitor gives it, and the host that was asked.
func handler(namespace string, of Source) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /others", func(w http.ResponseWriter, r *http.Request) {
		if err := of.Others(r.Context(), w); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	mux.HandleFunc("GET /targets", func(w http.ResponseWriter, r *http.Request) {
		pods, err := of.Collectors(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		found := []targets{}
		for _, pod := range pods {
			labels := map[string]string{"__metrics_path__": "/metrics/" + pod, "namespace": namespace, "pod": pod}
			found = append(found, targets{[]string{r.Host}, labels})
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(found)
	})
	mux.HandleFunc("GET /metrics/{pod}", func(w http.ResponseWriter, r *http.Request) {
		body, err := of.Metrics(r.Context(), r.PathValue("pod"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = body.Close() }()
		text, err := io.ReadAll(body) // whole: half of the metrics are not taken for all
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		_, _ = w.Write(text)
	})
	return mux
}
