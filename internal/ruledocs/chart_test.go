package main

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
)

// include renders a named template of the chart for some values, on the cluster that lookup stands for.
func include(t *testing.T, name string, sets []string, lookup helmengine.Lookup) string {
	t.Helper()
	files, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(t, err)
	chart, err := helmengine.Load(files)
	require.NoError(t, err)
	capabilities, err := chart.Capabilities("v1.34.0", "telemetry.istio.io/v1alpha1")
	require.NoError(t, err)
	user := map[string]any{}
	for _, set := range sets {
		require.NoError(t, helmengine.Set("--set-string", set, user, nil))
	}
	text, err := chart.Include(t.Context(), name, helmengine.Input{
		ReleaseName: "istio-lightstep", Namespace: "istio-system",
		Capabilities: capabilities, Values: chart.Coalesce(user), Lookup: lookup,
	})
	require.NoError(t, err)
	return text
}

// TestReadmeShowsTheRefusal holds the README's example of a mistake against what the chart says.
func TestReadmeShowsTheRefusal(t *testing.T) {
	t.Parallel()
	readme := read(t, root+"/README.md")
	command := regexp.MustCompile(`(?s)\$ helm template .*?\nError`).FindString(readme)
	var sets []string
	for _, match := range regexp.MustCompile(`--set(?:-string)? (\S+)`).FindAllStringSubmatch(command, -1) {
		sets = append(sets, match[1])
	}
	require.NotEmpty(t, sets)
	message := include(t, "istio-lightstep.problems.message", sets, nil)
	assert.Contains(t, readme, strings.TrimSpace(message))
}

// role is a Role or ClusterRole of docs/gitops.md.
type role struct {
	Kind     string
	Metadata struct{ Name, Namespace string }
	Rules    []struct{ APIGroups, Resources, ResourceNames, Verbs []string }
}

func documentedRoles(t *testing.T) []role {
	t.Helper()
	_, block, found := strings.Cut(read(t, root+"/docs/gitops.md"), "<!-- rights -->\n```yaml\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	var roles []role
	for document := range strings.SplitSeq(block, "---\n") {
		var r role
		require.NoError(t, yaml.Unmarshal([]byte(document), &r))
		if strings.HasSuffix(r.Kind, "Role") {
			roles = append(roles, r)
		}
	}
	require.NotEmpty(t, roles)
	return roles
}

var resources = map[string]string{
	"Namespace": "namespaces", "Deployment": "deployments", "DaemonSet": "daemonsets",
	"StatefulSet": "statefulsets", "Telemetry": "telemetries", "Secret": "secrets", "ConfigMap": "configmaps",
}

// allowed tells whether one of the roles grants what a lookup asks for.
func allowed(roles []role, apiVersion, kind, namespace, name string) bool {
	group := ""
	if before, _, found := strings.Cut(apiVersion, "/"); found {
		group = before
	}
	verb := "get"
	if name == "" {
		verb = "list"
	}
	for _, r := range roles {
		if r.Kind == "Role" && r.Metadata.Namespace != namespace {
			continue
		}
		for _, rule := range r.Rules {
			if slices.Contains(rule.APIGroups, group) && slices.Contains(rule.Resources, resources[kind]) &&
				slices.Contains(rule.Verbs, verb) &&
				(len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, name)) {
				return true
			}
		}
	}
	return false
}

// TestRightsAreEnough runs what the chart looks up on a cluster, and asks the documented roles for each right.
func TestRightsAreEnough(t *testing.T) {
	t.Parallel()
	roles := documentedRoles(t)
	asked := map[string]bool{}
	for delivery, version := range map[string]string{"native": "1.14.0", "collector": "1.20.0", "direct": "1.26.0"} {
		sets := []string{
			"istio.version=" + version, "delivery=" + delivery, "accessTokenFrom.name=lightstep-access-token",
			"global.tracer.lightstep.cacertPath=/etc/lightstep/cacert.pem",
		}
		include(t, "istio-lightstep.live", sets, func(apiVersion, kind, namespace, name string) (map[string]any, error) {
			asked[kind] = true
			if !allowed(roles, apiVersion, kind, namespace, name) {
				return nil, fmt.Errorf("docs/gitops.md does not grant %s %q in namespace %q", kind, name, namespace)
			}
			if kind == "Namespace" {
				return map[string]any{"kind": kind}, nil
			}
			return nil, nil
		})
	}
	for kind := range resources {
		assert.True(t, asked[kind], "the chart asks for no %s any more: the roles grant too much", kind)
	}
}

// TestRightsToWriteAreNamed holds the list of what an installing user writes to the kinds of the chart's templates.
func TestRightsToWriteAreNamed(t *testing.T) {
	t.Parallel()
	_, list, found := strings.Cut(read(t, root+"/docs/gitops.md"), "The installing user also needs permission to read, create, change and delete")
	require.True(t, found)
	list, _, _ = strings.Cut(list, "Helm's own release Secrets")
	kinds := map[string]bool{}
	require.NoError(t, fs.WalkDir(charts.FS, "istio-lightstep/templates", func(path string, entry fs.DirEntry, err error) error {
		// A control-plane document is given to Istio's own installer.
		if err != nil || entry.IsDir() || strings.Contains(path, "/control-plane/") {
			return err
		}
		text, err := fs.ReadFile(charts.FS, path)
		for _, match := range regexp.MustCompile(`(?m)^kind: (\w+)`).FindAllSubmatch(text, -1) {
			kinds[string(match[1])] = true
		}
		return err
	}))
	require.Greater(t, len(kinds), 10)
	var named []string
	for _, word := range regexp.MustCompile(`[A-Z]\w+s\b`).FindAllString(list, -1) {
		word = strings.TrimSuffix(word, "s")
		if singular, ies := strings.CutSuffix(word, "ie"); ies {
			word = singular + "y"
		}
		named = append(named, word)
	}
	slices.Sort(named)
	assert.Equal(t, slices.Sorted(maps.Keys(kinds)), slices.Compact(named))
}
