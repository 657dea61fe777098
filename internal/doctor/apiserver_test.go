package doctor

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// apiServer serves recorded objects as an API server does: groups, gets, and
// lists in pages. It lets through what a ClusterRole grants, and keeps what was
// asked.
type apiServer struct {
	objects *mesh.Recorded
	role    *rbacv1.ClusterRole // nil lets everything through
	mu      sync.Mutex
	used    map[int]map[string]bool // rule: verb/resource
	calls   int
}

// request is an API request taken apart.
type request struct{ verb, group, version, resource, namespace, name, reason string }

// served are the versions of Istio's API groups, and older are those of kinds that had
// fewer: EnvoyFilter always, PeerAuthentication up to 1.21.
var (
	served = map[string][]string{
		"telemetry.istio.io": {"v1alpha1", "v1"}, "networking.istio.io": {"v1", "v1beta1", "v1alpha3"}, "security.istio.io": {"v1", "v1beta1"},
	}
	older = map[string]string{"envoyfilters": "v1alpha3", "peerauthentications": "v1beta1"}
)

func parse(r *http.Request) request {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	var q request
	if parts[0] == "apis" {
		q.group, q.version, parts = parts[1], parts[2], parts[3:]
	} else {
		parts = parts[2:]
	}
	if parts[0] == "namespaces" && len(parts) > 2 {
		q.namespace, parts = parts[1], parts[2:]
	}
	q.resource, q.verb = parts[0], "list"
	if len(parts) > 1 {
		q.name, q.verb = parts[1], "get"
	}
	if len(parts) > 2 {
		q.resource += "/" + parts[2]
	}
	if r.Method == http.MethodPost {
		q.verb = "create"
	}
	field, value, _ := strings.Cut(r.URL.Query().Get("fieldSelector"), "=")
	switch field {
	case "metadata.name":
		q.name = value // as the API server does for resourceNames
	case "reason":
		q.reason = value
	}
	return q
}

func (s *apiServer) allows(q request) bool {
	if s.role == nil {
		return true
	}
	for i, rule := range s.role.Rules {
		if slices.Contains(rule.APIGroups, q.group) && slices.Contains(rule.Resources, q.resource) && slices.Contains(rule.Verbs, q.verb) &&
			(len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, q.name)) {
			if s.used[i] == nil {
				s.used[i] = map[string]bool{}
			}
			s.used[i][q.verb+" "+q.resource] = true
			return true
		}
	}
	return false
}

func (s *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if r.URL.Path == "/apis" {
		s.groups(w)
		return
	}
	q := parse(r)
	if !s.allows(q) {
		status(w, http.StatusForbidden, metav1.StatusReasonForbidden, q.verb+" "+q.resource+" "+q.name)
		return
	}
	if only := older[q.resource]; only != "" && q.version != only || served[q.group] != nil && !slices.Contains(served[q.group], q.version) {
		status(w, http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource")
		return
	}
	items := []any{}
	for i := range s.objects.Objects {
		o := &s.objects.Objects[i]
		group, _, found := strings.Cut(o.GetAPIVersion(), "/")
		if !found {
			group = ""
		}
		plural := strings.TrimSuffix(strings.ToLower(o.GetKind()), "y")
		if group == q.group && strings.HasPrefix(q.resource, plural) && (q.namespace == "" || o.GetNamespace() == q.namespace) &&
			(q.name == "" || o.GetName() == q.name) && (q.reason == "" || o.Object["reason"] == q.reason) && selected(r.URL.Query().Get("labelSelector"), o.GetLabels()) {
			items = append(items, o.Object)
		}
	}
	if q.verb == "list" {
		s.page(w, r, items)
		return
	}
	if len(items) == 0 || strings.Contains(q.resource, "/") {
		status(w, http.StatusNotFound, metav1.StatusReasonNotFound, q.name)
		return
	}
	answer(w, items[0])
}

// page serves 7 objects at most, however many were asked for.
func (s *apiServer) page(w http.ResponseWriter, r *http.Request, items []any) {
	const most = 7
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	kind := "List"
	if strings.HasSuffix(r.URL.Path, "/pods") {
		kind = "PodList"
	}
	list := map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{}, "items": items[from:min(from+most, len(items))]}
	if from+most < len(items) {
		list["metadata"] = map[string]any{"continue": strconv.Itoa(from + most)}
	}
	answer(w, list)
}

func (s *apiServer) groups(w http.ResponseWriter) {
	list := metav1.APIGroupList{}
	for name, versions := range served {
		group := metav1.APIGroup{Name: name}
		for _, v := range versions {
			group.Versions = append(group.Versions, metav1.GroupVersionForDiscovery{Version: v})
		}
		list.Groups = append(list.Groups, group)
	}
	answer(w, list)
}

func selected(selector string, labels map[string]string) bool {
	key, in, found := strings.Cut(selector, " in (")
	if found {
		return slices.Contains(strings.Split(strings.TrimSuffix(in, ")"), ","), labels[key])
	}
	key, value, found := strings.Cut(selector, "=")
	return !found || labels[key] == value
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func status(w http.ResponseWriter, code int, reason metav1.StatusReason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Reason: reason, Code: int32(code), Message: message,
	})
}

func serve(t *testing.T, s *apiServer) *mesh.Cluster {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	cluster, err := mesh.NewCluster(&rest.Config{Host: server.URL})
	require.NoError(t, err)
	return cluster
}

// TestAClusterAndItsRecordAreReadAlike also proves the pages.
func TestAClusterAndItsRecordAreReadAlike(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"collector", "direct", "native"} {
		recorded := recordedBase(t, base)
		server := &apiServer{objects: recorded}
		cluster := serve(t, server)
		live, err := mesh.Read(t.Context(), cluster, mesh.Options{})
		require.NoError(t, err)
		rest, d := examined(t, recorded)
		live.At = now
		assert.Equal(t, rest, live, base)
		assert.Empty(t, d.Examine(live, nil))
		assert.Equal(t, server.calls, cluster.Calls())
	}
}

// TestObjectsOfIstioAreReadAlike holds each object of Istio's that breaks a mesh to
// what a cluster gives of it: not all kinds have the same versions.
func TestObjectsOfIstioAreReadAlike(t *testing.T) {
	t.Parallel()
	for _, b := range breakages(t) {
		if !slices.ContainsFunc(b.Break, func(c change) bool { return strings.Contains(c.Apply, ".istio.io/") }) {
			continue
		}
		t.Run(b.ID+" "+b.What, func(t *testing.T) {
			t.Parallel()
			recorded := recordedBase(t, b.Base)
			for _, c := range b.Break {
				c.apply(t, recorded)
			}
			live, err := mesh.Read(t.Context(), serve(t, &apiServer{objects: recorded}), mesh.Options{})
			require.NoError(t, err)
			live.At = now
			rest, _ := examined(t, recorded)
			assert.Equal(t, rest, live)
		})
	}
}

// TestTheClusterRoleIsWhatIsAsked holds docs/doctor-rbac.yaml to the requests
// that are made: none is refused, and no right is there for nothing.
func TestTheClusterRoleIsWhatIsAsked(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../docs/doctor-rbac.yaml")
	require.NoError(t, err)
	role := &rbacv1.ClusterRole{}
	require.NoError(t, yaml.UnmarshalStrict(data, role))
	used := map[int]map[string]bool{}
	for _, base := range []string{"collector", "direct", "native"} {
		recorded := invaded(t, base, "fakeistiod.yaml")
		for _, b := range breakages(t) {
			if b.ID == "LS-POD-REFUSED" || b.ID == "LS-INJECTION-FAILING" { // of all kinds of workloads
				b.Break[len(b.Break)-1].apply(t, recorded)
			}
		}
		server := &apiServer{objects: recorded, role: role, used: used}
		cluster := serve(t, server)
		snapshot, err := mesh.Read(t.Context(), cluster, mesh.Options{})
		require.NoError(t, err)
		assert.Empty(t, snapshot.Gaps, base)
		// The server knows the pod and upgrades nothing: the right is asked for, then Ask fails.
		pod := mesh.Ref{Namespace: "bookinfo", Name: "ratings-v1-7c9-a1"}
		require.Error(t, cluster.Ask(t.Context(), pod, 15000, []string{"/clusters"}, nil))
		_, err = cluster.Log(t.Context(), pod, "istio-proxy", 1)
		assert.False(t, mesh.Refused(err))
	}
	for i, rule := range role.Rules {
		for _, resource := range rule.Resources {
			for _, verb := range rule.Verbs {
				if resource == "pods/portforward" && verb == "create" && !used[i]["create pods/portforward"] {
					continue // asked of API servers that do not know WebSockets
				}
				assert.True(t, used[i][verb+" "+resource], "%s %s is granted and never asked for", verb, resource)
			}
		}
	}
}

func TestAMissingRightIsAGapOnAClusterToo(t *testing.T) {
	t.Parallel()
	server := &apiServer{objects: recordedBase(t, "collector"), role: &rbacv1.ClusterRole{}, used: map[int]map[string]bool{}}
	snapshot, err := mesh.Read(t.Context(), serve(t, server), mesh.Options{})
	require.NoError(t, err)
	d, err := New()
	require.NoError(t, err)
	assert.Empty(t, d.Examine(snapshot, nil), "nothing may be concluded from nothing")
	assert.NotEmpty(t, snapshot.Gaps)
	for _, g := range snapshot.Gaps {
		assert.Equal(t, "permission denied", g.Why)
	}
}
