package istio

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/semver"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// Istioctl runs the release's istioctl with a standard input, which may be nil,
// and gives its standard output. No cluster is within its reach. A status other
// than 0 gives a [Refusal].
func (t Tools) Istioctl(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	return t.run(ctx, t.Paths.Istioctl, stdin, args)
}

// ManifestGenerate runs `istioctl manifest generate` on the documents, each its
// own -f, in their order, then further arguments. Istio 1.4 reads one document
// only: of several it would take the last, so more than one is an error there.
func (t Tools) ManifestGenerate(ctx context.Context, documents [][]byte, args ...string) (Manifests, error) {
	if t.Minor == "1.4" && len(documents) > 1 {
		return nil, fmt.Errorf("istio %s: manifest generate reads one document, not %d", t.Version, len(documents))
	}
	dir, err := os.MkdirTemp("", "istio-documents-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	command := []string{"manifest", "generate"}
	if t.Paths.Charts != "" {
		command = append(command, "--manifests", t.Paths.Charts)
	}
	for i, document := range documents {
		file, err := writeFile(dir, fmt.Sprintf("%d.yaml", i), document)
		if err != nil {
			return nil, err
		}
		command = append(command, "-f", file)
	}
	output, err := t.Istioctl(ctx, nil, append(command, args...)...)
	if err != nil {
		return nil, err
	}
	return ParseManifests(output)
}

// KubeInject gives the pod as the release's sidecar injector would make it.
func (t Tools) KubeInject(ctx context.Context, config InjectConfig, pod []byte) (*corev1.Pod, error) {
	dir, err := os.MkdirTemp("", "istio-inject-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	command := []string{"kube-inject"}
	if semver.Compare("v"+t.Minor, "v1.28") >= 0 {
		// Else it asks the cluster for the default revision, and without a
		// cluster it asks for ever.
		command = append(command, "--revision", "default")
	}
	for _, input := range []struct{ flag, content string }{
		{"--filename", string(pod)},
		{"--meshConfigFile", config.Mesh},
		{"--injectConfigFile", config.Templates},
		{"--valuesFile", config.Values},
	} {
		file, err := writeFile(dir, strings.TrimLeft(input.flag, "-"), []byte(input.content))
		if err != nil {
			return nil, err
		}
		command = append(command, input.flag, file)
	}
	output, err := t.Istioctl(ctx, nil, command...)
	if err != nil {
		return nil, err
	}
	manifests, err := ParseManifests(output)
	if err != nil {
		return nil, err
	}
	if len(manifests) != 1 {
		return nil, fmt.Errorf("istio %s: kube-inject of one pod gives %d objects", t.Version, len(manifests))
	}
	var injected corev1.Pod
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(manifests[0].Object, &injected); err != nil {
		return nil, fmt.Errorf("istio %s: injected pod: %w", t.Version, err)
	}
	return &injected, nil
}

// Bootstrap gives, as JSON, the bootstrap that a proxy of this release starts with,
// and the files that it writes beside it, by name: the bootstrap names their folder
// [BootstrapFolder]. The role is sidecar or router, the variables are the container's
// PROXY_CONFIG and ISTIO_META_*, and the mesh config is the file that gateways mount,
// empty for none. It was decoded strictly, by the release's own Envoy API.
func (t Tools) Bootstrap(ctx context.Context, role string, variables []corev1.EnvVar, mesh string) ([]byte, map[string]string, error) {
	dir, err := os.MkdirTemp("", "istio-bootstrap-")
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	beside := filepath.Join(dir, "proxy")
	if err := os.Mkdir(beside, 0o700); err != nil {
		return nil, nil, err
	}
	args := []string{role, beside, t.Paths.Template}
	if mesh != "" {
		file, err := writeFile(dir, "mesh", []byte(mesh))
		if err != nil {
			return nil, nil, err
		}
		args = append(args, file)
	}
	var env []string
	for _, variable := range variables {
		if variable.Name == "PROXY_CONFIG" || strings.HasPrefix(variable.Name, "ISTIO_META") {
			env = append(env, variable.Name+"="+variable.Value)
		}
	}
	if _, err := t.run(ctx, t.Paths.Bootstrap, nil, args, env...); err != nil {
		return nil, nil, err
	}
	files := map[string]string{}
	entries, err := os.ReadDir(beside)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(beside, entry.Name()))
		if err != nil {
			return nil, nil, err
		}
		files[entry.Name()] = string(content)
	}
	text := strings.ReplaceAll(files["envoy-rev0.json"], beside, BootstrapFolder)
	delete(files, "envoy-rev0.json")
	return []byte(text), files, nil
}

// BootstrapFolder is where a proxy writes its files.
const BootstrapFolder = "/etc/istio/proxy"

// Validate runs `istioctl validate` on objects of Istio's own kinds. It passes a
// kind or an API version that it does not know without a word; so each object
// is shown to it once more with a spec that cannot be, which it must refuse.
// Up to 1.5 it passes unknown fields too.
func (t Tools) Validate(ctx context.Context, objects Manifests) error {
	if len(objects) == 0 {
		return fmt.Errorf("istio %s: nothing to validate", t.Version)
	}
	for _, object := range objects {
		if err := t.validate(ctx, object); err != nil {
			return err
		}
		control := object.DeepCopy()
		control.Object["spec"] = "nothing"
		if t.validate(ctx, control) == nil {
			return fmt.Errorf("istio %s: validate does not read %s %s", t.Version, object.GetAPIVersion(), object.GetKind())
		}
	}
	return nil
}

func (t Tools) validate(ctx context.Context, object *unstructured.Unstructured) error {
	content, err := yaml.Marshal(object.Object)
	if err != nil {
		return err
	}
	_, err = t.Istioctl(ctx, bytes.NewReader(content), "validate", "-f", "-")
	return err
}

// Analyze runs `istioctl analyze` on objects, without a cluster. Whatever it
// finds, warnings too, is an error. It finds wrong references, not unknown
// fields.
func (t Tools) Analyze(ctx context.Context, objects Manifests) error {
	var stream bytes.Buffer
	for _, object := range objects {
		content, err := yaml.Marshal(object.Object)
		if err != nil {
			return err
		}
		stream.WriteString("---\n")
		stream.Write(content)
	}
	_, err := t.Istioctl(ctx, &stream, "analyze", "--use-kube=false", "--failure-threshold", "Warning", "-")
	return err
}

func writeFile(dir, name string, content []byte) (string, error) {
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return "", err
	}
	return file, nil
}
