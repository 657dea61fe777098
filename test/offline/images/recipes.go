package images

import (
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// nodeBuild is the build of the node's image, which is a script and no recipe.
const nodeBuild = "node"

// recipe is how images of one build are made, and what their rows must name.
type recipe struct {
	module, envoy, jar bool
	// contents gives the layers, from the lowest up, and the settings.
	contents func(Image) ([]layer, v1.Config)
}

// recipes are the builds that images.yaml may name.
var recipes = map[string]recipe{
	"pilot":           {module: true, contents: pilot},
	"proxyv2":         {module: true, envoy: true, contents: proxyv2},
	"collector":       {module: true, contents: collector},
	"metrics-server":  {module: true, contents: metricsServer},
	"zipkin":          {jar: true, contents: zipkin},
	"bookinfo":        {module: true, contents: bookinfo},
	"istio-lightstep": {module: true, contents: command},
}

const (
	istioModule = "istio.io/istio"
	// proxyUser is the user of Istio's images, and the one whose traffic
	// Istio's own rules let past the proxy.
	proxyUser = 1337
	// certificates is where Go and OpenSSL look for the roots of TLS.
	certificates = "etc/ssl/certs/ca-certificates.crt"
)

// proxyPackages are what pilot-agent calls, and the roots of TLS.
var proxyPackages = []string{"ca-certificates", "iproute2", "iptables", "nftables"}

var istioUsers = files{
	{path: "etc/passwd", content: "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n" +
		"istio-proxy:x:1337:1337::/home/istio-proxy:/usr/sbin/nologin\n"},
	{path: "etc/group", content: "root:x:0:\nnogroup:x:65534:\nistio-proxy:x:1337:\n"},
}

// istioProgram is a program of Istio that calls itself by the image's tag, as
// istiod compares it with the version its proxies tell.
func istioProgram(image Image, name string) goProgram {
	return goProgram{
		module: image.Module,
		pkg:    istioModule + "/pilot/cmd/" + name,
		path:   "usr/local/bin/" + name,
		stamp:  istioModule + "/pkg/version.buildVersion=" + image.Tag(),
	}
}

func pilot(image Image) ([]layer, v1.Config) {
	layers := []layer{
		rootCertificates{},
		istioUsers,
		istioProgram(image, "pilot-discovery"),
	}
	return layers, v1.Config{
		User:       "1337:1337",
		Entrypoint: []string{"/usr/local/bin/pilot-discovery"},
	}
}

// proxyv2 leaves the user to the pod, as Istio's own image does: the same image
// sets up the rules of the network as root, and proxies as user 1337.
func proxyv2(image Image) ([]layer, v1.Config) {
	layers := []layer{
		debian{packages: proxyPackages},
		append(files{
			{path: "etc/istio", folder: true},
			{path: "etc/istio/proxy", folder: true, user: proxyUser},
		}, istioUsers...),
		moduleFile{
			module: image.Module, of: istioModule,
			file: "tools/packaging/common/envoy_bootstrap.json",
			path: "var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
		},
		envoyProgram{wheel: *image.Envoy, path: "usr/local/bin/envoy"},
		istioProgram(image, "pilot-agent"),
	}
	return layers, v1.Config{
		Entrypoint: []string{"/usr/local/bin/pilot-agent"},
	}
}

// collectorConfig is that of an image which is given none.
const collectorConfig = `receivers: {otlp: {protocols: {grpc: {endpoint: 0.0.0.0:4317}, http: {endpoint: 0.0.0.0:4318}}}}
exporters: {debug: {}}
service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}
`

func collector(image Image) ([]layer, v1.Config) {
	layers := []layer{
		rootCertificates{},
		files{{path: "etc/otelcol-contrib/config.yaml", content: collectorConfig}},
		goProgram{module: image.Module, pkg: ".", path: "otelcol-contrib"},
	}
	return layers, v1.Config{
		User:         "10001:10001", // as in the official image
		Entrypoint:   []string{"/otelcol-contrib"},
		Cmd:          []string{"--config", "/etc/otelcol-contrib/config.yaml"},
		ExposedPorts: map[string]struct{}{"4317/tcp": {}, "4318/tcp": {}},
	}
}

func metricsServer(image Image) ([]layer, v1.Config) {
	layers := []layer{
		rootCertificates{},
		goProgram{module: image.Module, pkg: "sigs.k8s.io/metrics-server/cmd/metrics-server", path: "metrics-server"},
	}
	return layers, v1.Config{
		User:       "65534:65534", // as in the official image
		Entrypoint: []string{"/metrics-server"},
	}
}

func zipkin(image Image) ([]layer, v1.Config) {
	const start = `exec java $JAVA_OPTS -jar /zipkin/zipkin.jar "$@"`
	layers := []layer{
		debian{packages: []string{"openjdk-17-jre-headless"}},
		jarFile{jar: *image.Jar, path: "zipkin/zipkin.jar"},
	}
	return layers, v1.Config{
		User:         "1000:1000",
		WorkingDir:   "/zipkin",
		Entrypoint:   []string{"/bin/sh", "-c", start, "zipkin"},
		ExposedPorts: map[string]struct{}{"9411/tcp": {}},
	}
}

// bookinfo takes the workload from the name, and from the tag which headers it
// forwards.
func bookinfo(image Image) ([]layer, v1.Config) {
	_, role, _ := strings.Cut(image.Repository(), "/examples-bookinfo-")
	layers := []layer{
		goProgram{module: image.Module, pkg: "./cmd/bookinfo", path: "bookinfo"},
	}
	return layers, v1.Config{
		User:         "1000:1000",
		Entrypoint:   []string{"/bookinfo"},
		Env:          []string{"BOOKINFO_PROPAGATION=" + image.Tag(), "BOOKINFO_ROLE=" + role},
		ExposedPorts: map[string]struct{}{"9080/tcp": {}},
	}
}

// command is the project's own image.
func command(image Image) ([]layer, v1.Config) {
	layers := []layer{
		rootCertificates{},
		goProgram{module: image.Module, pkg: "./cmd/istio-lightstep", path: "istio-lightstep"},
	}
	return layers, v1.Config{
		User:       "65532:65532",
		Entrypoint: []string{"/istio-lightstep"},
	}
}
