package collector_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// rendered gives what the chart makes of a collector with all that may stand
// beside it.
func rendered(t *testing.T, version string) (set appsv1.StatefulSet, config corev1.ConfigMap, services []string) {
	t.Helper()
	renderer, err := render.New(render.WithRelease("tracing", "spans"))
	require.NoError(t, err)
	values, err := render.ReadValues(render.Set("istio.version=" + version + ",delivery=collector,global.tracer.lightstep.address=ingest.lightstep.com:443," +
		"global.tracer.lightstep.accessToken=0123456789,collector.tap.enabled=true,collector.retryRefused.enabled=true"))
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), values)
	require.NoError(t, err)
	objects, err := result.Objects()
	require.NoError(t, err)
	for _, object := range objects {
		var into any
		switch object.GetKind() {
		case "StatefulSet":
			into = &set
		case "ConfigMap":
			if object.GetNamespace() != "spans" {
				continue
			}
			into = &config
		case "Service":
			services = append(services, object.GetName())
			continue
		default:
			continue
		}
		require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, into))
	}
	return set, config, services
}

// What Go calls the collector's objects, containers and ports is what the chart calls them.
func TestNamesAreThoseOfTheChart(t *testing.T) {
	for version, spans := range map[string]int32{"1.26.2": collector.OTLPPort, "1.14.6": collector.ZipkinPort} {
		set, config, services := rendered(t, version)
		assert.Equal(t, collector.Component, set.Labels["app.kubernetes.io/component"])
		assert.Contains(t, services, collector.ServiceOf("tracing-istio-lightstep"))
		ports, containers, arguments := map[string]int32{}, map[string]bool{}, []string{}
		for _, container := range set.Spec.Template.Spec.Containers {
			containers[container.Name] = true
			arguments = append(arguments, container.Args...)
			for _, port := range container.Ports {
				ports[port.Name] = port.ContainerPort
			}
		}
		assert.Subset(t, containers, map[string]bool{collector.Container: true, collector.TapContainer: true})
		assert.Subset(t, ports, map[string]int32{
			collector.SpansPort: spans, collector.TapPort: collector.TapShowsPort, "metrics": collector.MetricsPort, "health": collector.HealthPort,
		})
		assert.Subset(t, arguments, []string{
			"--otlp=" + collector.Loopback(collector.TapTakesPort), "--listen=" + collector.Loopback(collector.TapShowsPort),
			"--config=/etc/otelcol/" + collector.RelayConfig,
		})
		assert.Contains(t, config.Data, collector.RelayConfig)
		assert.Contains(t, config.Data["config.yaml"], "\n  "+collector.Exporter+":\n")
		assert.Contains(t, config.Data["config.yaml"], "\n  "+collector.TapExporter+":\n")
	}
}

// named are names, ports and metrics of the collector as Go would write them,
// but for the command's own subcommands.
var named = regexp.MustCompile(`\b(4317|9411|8888|13133|4319|4320)\b|otelcol_|otlp_grpc/(lightstep|tap)|"-collector`)

// No other package writes them again.
func TestNamesAreWrittenHereAlone(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := 0
	for _, top := range []string{"cmd", "internal", "pkg"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, top), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			here := strings.HasPrefix(path, filepath.Join(root, "internal", "collector")+string(filepath.Separator))
			for number, line := range strings.Split(string(text), "\n") {
				if code, _, _ := strings.Cut(line, "//"); named.MatchString(code) {
					seen++
					assert.True(t, here, "%s:%d: %s", path, number+1, line)
				}
			}
			return err
		}))
	}
	assert.Greater(t, seen, 10, "nothing is looked for")
}
