package satellite

import (
	"cmp"
	"context"
	_ "embed"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

//go:embed backend.yaml
var backendObjects string

//go:embed nogzip.yaml
var withoutGzip string

// backendName is that of a backend's objects.
const backendName = "backend"

// Backend is another receiver of spans than LightStep's, in a namespace of its own with a
// recorder behind it. It speaks plain text, as in a cluster.
type Backend struct {
	Recorder
	shape Shape
}

// Shape is what a backend asks for.
type Shape struct {
	// Name is that of its namespace.
	Name string
	// Path is what stands before /v1/traces in the URL of one that takes HTTP alone;
	// empty for one that takes gRPC alone.
	Path string
	// Scheme and Token are the value of the header Authorization; without a token none
	// is asked for.
	Scheme, Token string
	// To is where it hands spans on to; empty: its recorder.
	To string
}

// HTTP says that it takes HTTP, and no gRPC.
func (s Shape) HTTP() bool { return s.Path != "" }

// Protocol is the one that it takes, as the chart's values name it.
func (s Shape) Protocol() string {
	if s.HTTP() {
		return "http"
	}
	return "grpc"
}

func (s Shape) port() string {
	if s.HTTP() {
		return "4318"
	}
	return "4317"
}

// Endpoint is where it takes spans, as the chart's values name it.
func (s Shape) Endpoint() string { return s.at(backendName) }

// at is the endpoint of a Service of its namespace.
func (s Shape) at(service string) string {
	host := service + "." + s.Name + ".svc:" + s.port()
	if s.HTTP() {
		return "http://" + host + s.Path
	}
	return host
}

// DeployBackend makes a backend. The image of the reader is any that has a shell.
func DeployBackend(ctx context.Context, c *cluster.Cluster, shape Shape, reader string) (*Backend, error) {
	b := &Backend{Recorder: Recorder{Namespace: shape.Name, cluster: c}, shape: shape}
	if err := c.Namespace(ctx, shape.Name, map[string]string{"istio-injection": "disabled"}); err != nil {
		return nil, err
	}
	if err := b.configure(ctx); err != nil {
		return nil, err
	}
	all := strings.NewReplacer("READER", reader, "PORT", shape.port()).Replace(recorderAlone() + "\n---\n" + backendObjects)
	if err := c.Apply(ctx, shape.Name, all); err != nil {
		return nil, err
	}
	return b, c.Ready(ctx, shape.Name)
}

// Endpoint is where it takes spans, as the chart's values name it.
func (b *Backend) Endpoint() string { return b.shape.Endpoint() }

// Accept has it take this token and no other, without a moment in which it takes none.
func (b *Backend) Accept(ctx context.Context, token string) error {
	b.shape.Token = token
	return b.reconfigure(ctx)
}

// HandOn has it hand spans on to this address, and to its recorder where that is empty. It
// answers what the other side says to a call with spans, and takes one without spans
// itself.
func (b *Backend) HandOn(ctx context.Context, to string) error {
	b.shape.To = to
	return b.reconfigure(ctx)
}

// WithoutGzip puts a proxy before it that refuses what is compressed by gzip, and gives the
// endpoint of that. The image is Istio's proxy.
func (b *Backend) WithoutGzip(ctx context.Context, proxy string) (endpoint string, err error) {
	if err := b.cluster.Apply(ctx, b.Namespace, b.shape.withoutGzip(proxy)); err != nil {
		return "", err
	}
	return b.shape.at("nogzip"), b.cluster.Ready(ctx, b.Namespace)
}

// withoutGzip are the objects of that proxy.
func (s Shape) withoutGzip(proxy string) string {
	return strings.NewReplacer("PROXY", proxy, "PORT", s.port()).Replace(withoutGzip)
}

func (b *Backend) reconfigure(ctx context.Context) error {
	if err := b.configure(ctx); err != nil {
		return err
	}
	if err := b.cluster.RollOut(ctx, b.Namespace, backendName); err != nil {
		return err
	}
	return b.cluster.Ready(ctx, b.Namespace)
}

// Scale sets the number of its pods, and waits until it is so; 0 takes it away, and
// leaves its record.
func (b *Backend) Scale(ctx context.Context, replicas int) error {
	if err := b.scale(ctx, backendName, replicas); err != nil || replicas == 0 {
		return err
	}
	return b.cluster.Ready(ctx, b.Namespace)
}

// Remove deletes it, with its record.
func (b *Backend) Remove(ctx context.Context) error {
	return b.cluster.DeleteNamespace(ctx, b.Namespace)
}

func (b *Backend) configure(ctx context.Context) error {
	config, err := yaml.Marshal(b.shape.configuration())
	if err != nil {
		return err
	}
	secret, err := yaml.Marshal(tree{
		"apiVersion": "v1", "kind": "Secret", "metadata": tree{"name": backendName},
		"stringData": tree{"config.yaml": string(config)},
	})
	if err != nil {
		return err
	}
	return b.cluster.Apply(ctx, b.Namespace, string(secret))
}

type tree = map[string]any

// configuration is that of a collector which answers once its recorder has taken the
// spans, not before.
func (s Shape) configuration() tree {
	receiver := tree{"endpoint": "0.0.0.0:" + s.port()}
	service := tree{
		"telemetry": tree{"metrics": tree{"level": "none"}},
		"pipelines": tree{"traces": tree{"receivers": []string{"otlp"}, "exporters": []string{"otlp_grpc"}}},
	}
	config := tree{
		"exporters": tree{"otlp_grpc": tree{
			"endpoint": cmp.Or(s.To, "recorder:4317"), "tls": tree{"insecure": true}, "timeout": "30s",
			"sending_queue": tree{"enabled": false}, "retry_on_failure": tree{"enabled": false},
		}},
		"service": service,
	}
	if s.Token != "" {
		config["extensions"] = tree{"bearertokenauth": tree{
			"header": "Authorization", "scheme": s.Scheme, "tokens": []string{s.Token},
		}}
		service["extensions"] = []string{"bearertokenauth"}
		receiver["auth"] = tree{"authenticator": "bearertokenauth"}
	}
	if s.HTTP() {
		receiver["traces_url_path"] = s.Path + "/v1/traces"
	} else {
		receiver["max_recv_msg_size_mib"] = 64
	}
	config["receivers"] = tree{"otlp": tree{"protocols": tree{s.Protocol(): receiver}}}
	return config
}
