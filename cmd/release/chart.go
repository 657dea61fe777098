package release

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// chartImage is an image that Artifact Hub shows and scans.
type chartImage struct {
	Name  string `json:"name"`
	Image string `json:"image"`
}

// chartLink is a link that Artifact Hub shows.
type chartLink struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// packageChart packages the chart of the commit, with what Artifact Hub shows of
// it. Values and templates stay as they are: what Helm renders of the package and
// what the command renders of the chart within it are the same.
func (r *release) packageChart(ctx context.Context) error {
	folder := filepath.Join(r.work, project)
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(r.source.folder, chartFolder))); err != nil {
		return err
	}
	file := filepath.Join(folder, "Chart.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var chart map[string]any
	if err := yaml.Unmarshal(text, &chart); err != nil {
		return err
	}
	annotations, ok := chart["annotations"].(map[string]any)
	if !ok {
		return fmt.Errorf("%s has no annotations", file)
	}
	if err := r.annotate(annotations); err != nil {
		return err
	}
	if text, err = yaml.Marshal(chart); err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	if err := errors.Join(r.copyPage(chartFolder+"/README.md", folder), r.copyPage("LICENSE", folder), r.writeKeyring()); err != nil {
		return err
	}
	// Helm writes the times and modes of files into the package.
	if err := setAll(folder, r.source.time); err != nil {
		return err
	}
	epoch := []string{"SOURCE_DATE_EPOCH=" + strconv.FormatInt(r.source.time.Unix(), 10), "TZ=UTC"}
	if _, err := output(ctx, r.work, epoch, r.Helm, "package", folder, "--destination", r.assets); err != nil {
		return err
	}
	r.chart = r.asset(project, "-", r.Version, ".tgz")
	r.provables = append(r.provables, provable{r.chart, text})
	// And the time of the package into the registry.
	return os.Chtimes(r.chart, r.source.time, r.source.time)
}

// annotate adds what is known only when a release is made.
func (r *release) annotate(annotations map[string]any) error {
	collector, err := r.collectorImage()
	if err != nil {
		return err
	}
	var changes []change
	for _, c := range r.changelog.changes {
		changes = append(changes, change{Kind: c.Kind, Description: at(c.Description, "", r.tag())})
	}
	links := []chartLink{
		{"documentation", repository + "/tree/" + r.tag() + "/docs"},
		{"release", repository + "/releases/tag/" + r.tag()},
	}
	images := []chartImage{
		{project, officialImage + ":" + r.Version + "@" + r.image.digest.String()},
		{"collector", collector},
	}
	values := map[string]any{"images": images, "changes": changes, "links": links}
	if r.pgp != nil {
		values["signKey"] = r.signKey()
	}
	for name, value := range values {
		text, err := yaml.Marshal(value)
		if err != nil {
			return err
		}
		annotations["artifacthub.io/"+name] = string(text)
	}
	annotations["artifacthub.io/prerelease"] = strconv.FormatBool(strings.Contains(r.Version, "-"))
	return nil
}

// collectorImage is the collector's image of the chart's values.
func (r *release) collectorImage() (string, error) {
	text, err := os.ReadFile(filepath.Join(r.source.folder, chartFolder, "values.yaml"))
	if err != nil {
		return "", err
	}
	var values struct {
		Collector struct {
			Image struct{ Repository, Tag, Digest string }
		}
	}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return "", err
	}
	image := values.Collector.Image
	if image.Repository == "" || image.Tag == "" {
		return "", errors.New("values.yaml names no image of the collector")
	}
	name := fmt.Sprintf("docker.io/%s:%s", image.Repository, image.Tag)
	if image.Digest != "" {
		name += "@" + image.Digest
	}
	return name, nil
}

// setAll gives all files of a folder a time, and a mode that does not depend on
// who checked them out.
func setAll(folder string, at time.Time) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if entry.IsDir() {
			mode = 0o755
		}
		return errors.Join(os.Chmod(path, mode), os.Chtimes(path, at, at)) //nolint:gosec // a folder of this process alone
	})
}

// pluginName is the plugin's: helm lightstep, kubectl lightstep.
const pluginName = "lightstep"

const (
	pluginSummary = "Sends the spans of an Istio mesh where their owner wants them"
	pluginText    = "Renders, checks and migrates the configuration that makes the proxies of an Istio mesh send their spans to " +
		"LightStep and other OTLP backends, and finds where a live mesh loses spans."
)

// object is a mapping of YAML.
type object = map[string]any

// helmPlugin is plugin.yaml as one major of Helm reads it. Helm 3 refuses the keys
// of Helm 4, and Helm 4 those of Helm 3 beside its own.
type helmPlugin struct {
	// archive is how its archives' names begin.
	archive  string
	document func(version, command string) object
	// verified is whether this Helm verifies its plugins.
	verified bool
}

var helmPlugins = []helmPlugin{
	{archive: "helm-lightstep", verified: true, document: func(version, command string) object {
		return object{
			"apiVersion": "v1", "type": "cli/v1", "name": pluginName, "version": version, "sourceURL": repository,
			"config": object{
				"usage": pluginName + " COMMAND", "shortHelp": pluginSummary, "longHelp": pluginText, "ignoreFlags": false,
			},
			"runtime":       "subprocess",
			"runtimeConfig": object{"platformCommand": []object{{"command": command}}},
		}
	}},
	{archive: "helm3-lightstep", document: func(version, command string) object {
		return object{
			"name": pluginName, "version": version, "usage": pluginSummary, "description": pluginText, "ignoreFlags": false,
			"platformCommand": []object{{"command": command}},
		}
	}},
}

// writeHelmPlugins writes an archive for each platform and major of Helm, with the
// command in it: an install needs no network beyond it, and runs no script.
func (r *release) writeHelmPlugins(context.Context) error {
	for _, plugin := range helmPlugins {
		for _, p := range platforms {
			text, err := yaml.Marshal(plugin.document(r.Version, "$HELM_PLUGIN_DIR/"+p.file()))
			if err != nil {
				return err
			}
			file := filepath.Join(r.work, strings.Join([]string{plugin.archive, p.os, p.arch, "yaml"}, "."))
			if err := os.WriteFile(file, text, 0o600); err != nil {
				return err
			}
			written, err := writeArchive(r.asset(plugin.archive, "_", r.Version, "_", p.os, "_", p.arch, ".tgz"), []member{
				{name: "plugin.yaml", from: file},
				{name: p.file(), from: r.binary(p), executable: true},
				{name: "LICENSE", from: filepath.Join(r.extras(), "LICENSE")},
				{name: licensesFile, from: filepath.Join(r.extras(), licensesFile)},
			}, r.source.time)
			if err != nil {
				return err
			}
			if plugin.verified {
				r.provables = append(r.provables, provable{written.path, text})
			}
		}
	}
	return nil
}

// writeKrewManifest writes the manifest of kubectl's plugin for Krew's index. It
// installs the command's own archives.
func (r *release) writeKrewManifest(context.Context) error {
	var each []object
	for _, p := range platforms {
		archive := r.digests[p]
		each = append(each, object{
			"uri":      repository + "/releases/download/" + r.tag() + "/" + archive.name(),
			"sha256":   archive.sha256,
			"bin":      p.file(),
			"selector": object{"matchLabels": object{"os": p.os, "arch": p.arch}},
		})
	}
	text, err := yaml.Marshal(object{
		"apiVersion": "krew.googlecontainertools.github.com/v1alpha2",
		"kind":       "Plugin",
		"metadata":   object{"name": pluginName},
		"spec": object{
			"version": r.tag(), "homepage": repository, "shortDescription": "Find where an Istio mesh loses spans", "description": pluginText,
			"platforms": each,
		},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(r.asset("krew.yaml"), text, 0o600)
}
