package release

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

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
}

var helmPlugins = []helmPlugin{
	{"helm-lightstep", func(version, command string) object {
		return object{
			"apiVersion": "v1", "type": "cli/v1", "name": pluginName, "version": version, "sourceURL": repository,
			"config": object{
				"usage": pluginName + " COMMAND", "shortHelp": pluginSummary, "longHelp": pluginText, "ignoreFlags": false,
			},
			"runtime":       "subprocess",
			"runtimeConfig": object{"platformCommand": []object{{"command": command}}},
		}
	}},
	{"helm3-lightstep", func(version, command string) object {
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
			_, err = writeArchive(r.asset(plugin.archive, "_", r.Version, "_", p.os, "_", p.arch, ".tgz"), []member{
				{name: "plugin.yaml", from: file},
				{name: p.file(), from: r.binary(p), executable: true},
				{name: "LICENSE", from: filepath.Join(r.extras(), "LICENSE")},
			}, r.source.time)
			if err != nil {
				return err
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
