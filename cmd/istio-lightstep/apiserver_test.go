package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// apiServer serves the objects of a file, and writes a kubeconfig with two
// contexts for it: apiserver objects.yaml kubeconfig. Resources named after
func apiServer(ts *testscript.TestScript, _ bool, args []string) {
	file, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	objects, err := mesh.ReadRecorded(file)
	ts.Check(err)
	ts.Check(file.Close())
	metrics := ts.MkAbs("metrics")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/apis" {
			_ = json.NewEncoder(w).Encode(metav1.APIGroupList{})
			return
		}
		if strings.HasSuffix(r.URL.Path, "/portforward") {
			forward(w, r, metrics)
			return
		}
		serveObjects(w, r, objects, args[2:])
	}))
	ts.Defer(server.Close)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(kubeconfigOf(server.URL)), 0o600))
}

// kubeconfigOf has two contexts: here is the server, away is nowhere.
func kubeconfigOf(server string) string {
	return fmt.Sprintf(`{apiVersion: v1, kind: Config, current-context: here, users: [{name: me}],
clusters: [{name: here, cluster: {server: %q}}, {name: away, cluster: {server: "http://127.0.0.1:1"}}],
contexts: [{name: here, context: {cluster: here, user: me}}, {name: away, context: {cluster: away, user: me}}]}
`, server)
}

// serveObjects answers a list or a get.
func serveObjects(w http.ResponseWriter, r *http.Request, objects *mesh.Recorded, refused []string) {
	of, name := path.Base(r.URL.Path), ""
	namespace := ""
	if _, inside, found := strings.Cut(r.URL.Path, "/namespaces/"); found {
		parts := strings.Split(inside, "/")
		namespace, of = parts[0], parts[1]
		name = strings.Join(parts[2:], "")
	}
	if slices.Contains(refused, of) {
		refuse(w, http.StatusForbidden, metav1.StatusReasonForbidden)
		return
	}
	selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		refuse(w, http.StatusBadRequest, metav1.StatusReasonBadRequest)
		return
	}
	items := []any{}
	for i := range objects.Objects {
		o := &objects.Objects[i]
		if strings.ToLower(o.GetKind())+"s" == of && (namespace == "" || o.GetNamespace() == namespace) &&
			(name == "" || o.GetName() == name) && selector.Matches(labels.Set(o.GetLabels())) {
			items = append(items, o.Object)
		}
	}
	switch {
	case name == "":
		kind := "List"
		if of == "pods" {
			kind = "PodList"
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{}, "items": items})
	case len(items) == 0:
		refuse(w, http.StatusNotFound, metav1.StatusReasonNotFound)
	default:
		_ = json.NewEncoder(w).Encode(items[0])
	}
}

func refuse(w http.ResponseWriter, code int, reason metav1.StatusReason) {
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Reason: reason, Code: int32(code),
	})
}

// forward answers the requests of a port-forward to a pod with its file.
func forward(w http.ResponseWriter, r *http.Request, folder string) {
	if r.Header.Get("Upgrade") == "websocket" { // as an API server before 1.30, so that SPDY is tried
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if _, err := httpstream.Handshake(r, w, []string{portforward.PortForwardProtocolV1Name}); err != nil {
		return
	}
	pod := path.Base(path.Dir(r.URL.Path))
	done := make(chan struct{})
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, _ <-chan struct{}) error {
		if stream.Headers().Get("streamType") == "data" {
			go func() {
				defer close(done)
				defer stream.Close() //nolint:errcheck // the client has gone
				if _, err := http.ReadRequest(bufio.NewReader(stream)); err != nil {
					return
				}
				text, err := os.ReadFile(filepath.Join(folder, pod))
				status := "200 OK"
				if err != nil {
					status = "404 Not Found"
				}
				_, _ = fmt.Fprintf(stream, "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, len(text), text)
			}()
		}
		return nil
	})
	if connection == nil {
		return
	}
	defer connection.Close() //nolint:errcheck // the client has gone
	select {
	case <-done:
		<-connection.CloseChan()
	case <-connection.CloseChan():
	}
}
