package satellite

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

const (
	// Namespace is that of the satellite on a cluster of the suite's, as the README has
	// it; its pods have no sidecar.
	Namespace = "lightstep"
	// Host is then the name that the satellite's certificate is for.
	Host = "lightstep-satellite.lightstep"

	name = "lightstep-satellite"
)

//go:embed recorder.yaml
var recorder string

//go:embed zipkin.yaml
var zipkin string

//go:embed satellite.yaml
var objects string

// Satellite is one that runs.
type Satellite struct {
	Recorder
	// Authority signed the certificate it shows first.
	Authority *Authority

	tokens      []string
	certificate Certificate
}

// Host is the name that its certificate is for.
func (s *Satellite) Host() string { return name + "." + s.Namespace }

// Address is where it takes spans.
func (s *Satellite) Address() string { return s.Host() + ":9292" }

// Deploy makes a satellite that takes one token, in a namespace of its own, with a
// certificate for its host and its longer names, and the recorder behind it. The image of the reader is
// any that has a shell. It does not wait for Zipkin.
func Deploy(ctx context.Context, c *cluster.Cluster, namespace, token, reader string) (*Satellite, error) {
	authority, err := NewAuthority("satellite pool of a test")
	if err != nil {
		return nil, err
	}
	s := &Satellite{Recorder: Recorder{Namespace: namespace, cluster: c}, Authority: authority, tokens: []string{token}}
	s.certificate, err = authority.Issue(s.Host(), s.Host()+".svc", s.Host()+".svc.cluster.local")
	if err != nil {
		return nil, err
	}
	if err := c.Namespace(ctx, namespace, map[string]string{"istio-injection": "disabled"}); err != nil {
		return nil, err
	}
	if err := s.configure(ctx); err != nil {
		return nil, err
	}
	all := strings.ReplaceAll(recorder+"\n---\n"+zipkin+"\n---\n"+objects, "READER", reader)
	if err := c.Apply(ctx, namespace, all); err != nil {
		return nil, err
	}
	// A satellite of an earlier run has an authority that nobody knows any more.
	return s, s.restart(ctx)
}

// Token is the one it takes; the first, where there are several.
func (s *Satellite) Token() string { return s.tokens[0] }

// Accept has the satellite take these tokens and no other, without a moment in
// which it takes none.
func (s *Satellite) Accept(ctx context.Context, tokens ...string) error {
	s.tokens = tokens
	if err := s.configure(ctx); err != nil {
		return err
	}
	return s.restart(ctx)
}

// Show has the satellite show another certificate, without a moment in which it
// takes nothing.
func (s *Satellite) Show(ctx context.Context, certificate Certificate) error {
	s.certificate = certificate
	if err := s.configure(ctx); err != nil {
		return err
	}
	return s.restart(ctx)
}

// Scale sets the number of satellites, and waits until it is so; 0 takes it away.
func (s *Satellite) Scale(ctx context.Context, replicas int) error {
	if err := s.scale(ctx, name, replicas); err != nil || replicas == 0 {
		return err
	}
	return s.ready(ctx)
}

// scale sets the number of what stands before the recorder, and waits where there is to
// be none.
func (s *Recorder) scale(ctx context.Context, name string, replicas int) error {
	patch := fmt.Sprintf(`{"spec":{"replicas":%d}}`, replicas)
	_, err := s.cluster.Kubernetes.AppsV1().Deployments(s.Namespace).Patch(ctx, name, types.StrategicMergePatchType,
		[]byte(patch), metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("scale %s to %d: %w", name, replicas, err)
	}
	if replicas == 0 {
		return s.cluster.Gone(ctx, s.Namespace, "app="+name)
	}
	return nil
}

// Freeze stops the satellite's process: connections are still made and nothing
// is answered. [Satellite.Thaw] lets it go on.
func (s *Satellite) Freeze(ctx context.Context) error { return s.signal(ctx, "STOP") }

// Thaw lets a frozen satellite go on.
func (s *Satellite) Thaw(ctx context.Context) error { return s.signal(ctx, "CONT") }

func (s *Satellite) signal(ctx context.Context, signal string) error {
	pods, err := s.cluster.Pods(ctx, s.Namespace, "app="+name)
	if err != nil {
		return err
	}
	// Anchored at the program's path, as this script's own line holds the rest too.
	const script = `for p in /proc/[0-9]*; do
  case "$(tr '\0' ' ' <$p/cmdline 2>/dev/null)" in /otelcol*--config=/etc/satellite/*) kill -$0 ${p#/proc/} && found=1;; esac
done
test -n "$found"`
	for _, pod := range pods {
		if _, err := s.cluster.Exec(ctx, s.Namespace, pod.Name, "hands", "sh", "-c", script, signal); err != nil {
			return fmt.Errorf("send %s to the satellite: %w", signal, err)
		}
	}
	return nil
}

// WithoutZipkin ends what is there for people alone: a Zipkin takes more of the
// machine than all else once it gets thousands of spans a second. The record so
// far is gone.
func (s *Satellite) WithoutZipkin(ctx context.Context) error {
	config, _, _ := strings.Cut(recorderAlone(), "\n---\n")
	if err := s.cluster.Apply(ctx, s.Namespace, config); err != nil {
		return err
	}
	if err := s.cluster.RollOut(ctx, s.Namespace, "recorder"); err != nil {
		return err
	}
	_, err := s.cluster.Kubernetes.AppsV1().Deployments(s.Namespace).Patch(ctx, "zipkin", types.StrategicMergePatchType,
		[]byte(`{"spec":{"replicas":0}}`), metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("scale Zipkin to 0: %w", err)
	}
	s.record.mu.Lock()
	s.record.pod, s.record.offset, s.record.spans = "", 0, nil
	s.record.mu.Unlock()
	return s.ready(ctx)
}

// recorderAlone are the objects of a recorder that has no Zipkin.
func recorderAlone() string {
	return strings.Replace(recorder, "exporters: [file, zipkin]", "exporters: [file]", 1)
}

// configure writes the Secret with configuration, certificate and key.
func (s *Satellite) configure(ctx context.Context) error {
	tokens, err := json.Marshal(s.tokens)
	if err != nil {
		return err
	}
	config := `receivers:
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:9292
        max_recv_msg_size_mib: 64
        auth: {authenticator: bearertokenauth}
        tls: {cert_file: /etc/satellite/tls.crt, key_file: /etc/satellite/tls.key}
extensions:
  bearertokenauth: {header: lightstep-access-token, scheme: "", tokens: ` + string(tokens) + `}
exporters:
  otlp_grpc:
    endpoint: recorder:4317
    tls: {insecure: true}
    timeout: 30s
    # A call is answered when the recorder has taken it, not before.
    sending_queue: {enabled: false}
    retry_on_failure: {enabled: false}
service:
  telemetry: {metrics: {level: none}}
  extensions: [bearertokenauth]
  pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}
`
	secret, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": name},
		"stringData": map[string]string{
			"config.yaml": config, "tls.crt": string(s.certificate.Certificate), "tls.key": string(s.certificate.Key),
		},
	})
	if err != nil {
		return err
	}
	return s.cluster.Apply(ctx, s.Namespace, string(secret))
}

func (s *Satellite) restart(ctx context.Context) error {
	if err := s.cluster.RollOut(ctx, s.Namespace, name); err != nil {
		return err
	}
	return s.ready(ctx)
}

// ready waits for all but Zipkin, which is for people.
func (s *Satellite) ready(ctx context.Context) error {
	return s.cluster.Ready(ctx, s.Namespace, name, "recorder")
}

// ZipkinReady waits until Zipkin answers.
func (s *Satellite) ZipkinReady(ctx context.Context) error {
	return s.cluster.Ready(ctx, s.Namespace, "zipkin")
}

// Log gives the satellite's log, of all its pods.
func (s *Satellite) Log(ctx context.Context) (string, error) {
	pods, err := s.cluster.Pods(ctx, s.Namespace, "app="+name)
	if err != nil {
		return "", err
	}
	logs := map[string]string{}
	for _, pod := range pods {
		if logs[pod.Name], err = s.cluster.Logs(ctx, s.Namespace, pod.Name, "satellite", false); err != nil {
			return "", err
		}
	}
	var all strings.Builder
	for text := range maps.Values(logs) {
		all.WriteString(text)
	}
	return all.String(), nil
}
