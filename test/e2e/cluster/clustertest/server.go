// Package clustertest is an API server of a test's own, which keeps objects in memory and
// notes every request that changes one. It knows no schema.
package clustertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

type object = map[string]any

// Server is such a server.
type Server struct {
	mu      sync.Mutex
	objects map[string]object // by their path
	writes  []string
	away    string
}

// resources are those that it serves: group and version, plural, kind, and whether they
// are in namespaces.
var resources = []struct {
	version, plural, kind string
	namespaced            bool
}{
	{"v1", "namespaces", "Namespace", false},
	{"v1", "nodes", "Node", false},
	{"v1", "secrets", "Secret", true},
	{"v1", "configmaps", "ConfigMap", true},
	{"v1", "pods", "Pod", true},
	{"v1", "events", "Event", true},
	{"v1", "persistentvolumeclaims", "PersistentVolumeClaim", true},
	{"v1", "persistentvolumes", "PersistentVolume", false},
	{"apps/v1", "deployments", "Deployment", true},
	{"apps/v1", "statefulsets", "StatefulSet", true},
	{"apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", false},
	{"admissionregistration.k8s.io/v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration", false},
	{"admissionregistration.k8s.io/v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration", false},
	{"metrics.k8s.io/v1beta1", "pods", "PodMetrics", true},
}

// New starts a server with the objects of a YAML stream, and gives a cluster that is
// connected with it, by a context of the name "shop".
func New(t *testing.T, stream string) (*Server, *cluster.Cluster) {
	t.Helper()
	s := &Server{objects: map[string]object{}}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	decoded, err := cluster.Decode(stream)
	require.NoError(t, err)
	for _, o := range decoded {
		s.objects[path(o.GetAPIVersion(), o.GetKind(), o.GetNamespace(), o.GetName())] = o.Object
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: shop
contexts: [{name: shop, context: {cluster: shop}}]
clusters: [{name: shop, cluster: {server: %s}}]
`, web.URL), 0o600))
	c, err := cluster.Connect(file, "")
	require.NoError(t, err)
	return s, c
}

// path is where an object is.
func path(version, kind, namespace, name string) string {
	root := "/apis/"
	if !strings.Contains(version, "/") {
		root = "/api/"
	}
	at := root + version + "/"
	for _, r := range resources {
		if r.kind == kind && r.version == version {
			if r.namespaced {
				at += "namespaces/" + namespace + "/"
			}
			return at + r.plural + "/" + name
		}
	}
	return at + "unknown/" + name
}

// Writes gives what changed an object, as METHOD PATH, in order.
func (s *Server) Writes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.writes)
}

// Away has the API of a group and version answer no more, as when who serves it is down.
func (s *Server) Away(version string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = version
}

// Objects gives all there are, as JSON by their paths.
func (s *Server) Objects(t *testing.T) map[string]string {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{}
	for at, o := range s.objects {
		text, err := json.Marshal(o)
		require.NoError(t, err)
		all[at] = string(text)
	}
	return all
}

// ServeHTTP answers as the Kubernetes API does, as far as package cluster asks.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if s.away != "" && strings.HasPrefix(r.URL.Path, "/apis/"+s.away) {
		http.Error(w, "{}", http.StatusServiceUnavailable)
		return
	}
	if answer := discover(r.URL.Path); answer != nil {
		_ = json.NewEncoder(w).Encode(answer)
		return
	}
	if r.Method != http.MethodGet {
		s.writes = append(s.writes, r.Method+" "+r.URL.Path)
	}
	there, ok := s.objects[r.URL.Path]
	switch {
	case r.Method == http.MethodPatch:
		var o object
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if r.Header.Get("Content-Type") != applied {
			o = merge(there, o)
		}
		s.objects[r.URL.Path] = o
		_ = json.NewEncoder(w).Encode(o)
	case ok && r.Method == http.MethodDelete:
		delete(s.objects, r.URL.Path)
		_ = json.NewEncoder(w).Encode(there)
	case ok:
		_ = json.NewEncoder(w).Encode(there)
	case r.Method == http.MethodGet && s.list(w, r):
	default:
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(object{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404})
	}
}

// applied is the type of a patch that is all of an object.
const applied = "application/apply-patch+yaml"

// merge lays a patch of maps over an object.
func merge(over, patch object) object {
	merged := maps.Clone(over)
	if merged == nil {
		merged = object{}
	}
	for key, value := range patch {
		if inner, ok := value.(object); ok {
			of, _ := merged[key].(object)
			value = merge(of, inner)
		}
		merged[key] = value
	}
	return merged
}

// list answers for a path of a resource without a name.
func (s *Server) list(w http.ResponseWriter, r *http.Request) bool {
	for _, known := range resources {
		if !strings.HasSuffix(r.URL.Path, "/"+known.plural) {
			continue
		}
		items := []object{}
		for _, at := range slices.Sorted(maps.Keys(s.objects)) {
			if in(at, r.URL.Path) && selected(s.objects[at], r.URL.Query().Get("labelSelector")) {
				items = append(items, s.objects[at])
			}
		}
		_ = json.NewEncoder(w).Encode(object{"kind": known.kind + "List", "apiVersion": known.version, "items": items})
		return true
	}
	return false
}

// in tells whether an object's path is of a list, of one namespace or of all.
func in(at, list string) bool {
	root, plural := list[:strings.LastIndex(list, "/")], list[strings.LastIndex(list, "/"):]
	name, ok := strings.CutPrefix(at, list+"/")
	if inside, spaced := strings.CutPrefix(at, root+"/namespaces/"); !ok && spaced {
		_, inside, _ = strings.Cut(inside, "/")
		name, ok = strings.CutPrefix("/"+inside, plural+"/")
	}
	return ok && name != "" && !strings.Contains(name, "/")
}

// selected tells whether an object has the labels of a selector of = and !=.
func selected(o object, selector string) bool {
	metadata, _ := o["metadata"].(object)
	labels, _ := metadata["labels"].(object)
	for _, term := range strings.FieldsFunc(selector, func(r rune) bool { return r == ',' }) {
		name, value, unequal := strings.Cut(term, "!=")
		if !unequal {
			name, value, _ = strings.Cut(term, "=")
		}
		if (labels[name] == value) == unequal {
			return false
		}
	}
	return true
}

// discover answers what kinds there are, nil for other paths.
func discover(at string) any {
	groups := []object{}
	for _, r := range resources {
		group, version, grouped := strings.Cut(r.version, "/")
		if at == "/apis/"+r.version || at == "/api/"+r.version {
			list := []object{}
			for _, of := range resources {
				if of.version == r.version {
					list = append(list, object{"name": of.plural, "kind": of.kind, "namespaced": of.namespaced, "verbs": []string{"get", "list", "patch", "delete"}})
				}
			}
			return object{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": r.version, "resources": list}
		}
		if grouped {
			v := object{"groupVersion": r.version, "version": version}
			groups = append(groups, object{"name": group, "versions": []object{v}, "preferredVersion": v})
		}
	}
	switch at {
	case "/api":
		return object{"kind": "APIVersions", "versions": []string{"v1"}}
	case "/apis":
		return object{"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
	}
	return nil
}
