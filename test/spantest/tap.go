package spantest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
)

// tapPort is where a tap shows spans, on its pod's loopback.
const tapPort = 4320

type tap struct {
	config             *rest.Config
	namespace, release string

	mu     sync.Mutex
	next   map[string]uint64 // the number to ask a pod for next
	recent recent
	passed uint64 // spans that a tap kept no more when it was asked
}

// Tap reads from the taps beside the collectors of a release of the chart
// istio-lightstep whose values set collector.tap.enabled. It lists the release's pods and
// opens a port forward to each: the rights are list of pods, and get and create of
// pods/portforward. A port forward is first asked for by WebSocket, which is a GET, and if that
// fails by SPDY, which is a POST. A tap keeps the last 50,000 spans, without attributes other
// than istio.canonical_revision and guid:x-client-trace-id. This side keeps the last 200,000.
func Tap(config *rest.Config, namespace, release string) Source {
	return &tap{config: config, namespace: namespace, release: release, next: map[string]uint64{}}
}

// Spans implements [Source].
func (t *tap) Spans(ctx context.Context, q Query) ([]RecordedSpan, error) {
	if q.Parameter != "" && len(q.Markers) > 0 {
		return nil, fmt.Errorf("%w: a tap keeps no URLs; use WithMarker in place of WithQueryMarker", ErrSource)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	pods, err := t.pods(ctx)
	if err != nil {
		return nil, err
	}
	for _, pod := range pods {
		if err := t.read(ctx, pod); err != nil {
			return nil, fmt.Errorf("tap of pod %s/%s: %w", t.namespace, pod, err)
		}
	}
	return t.recent.of(q), nil
}

// lost says that spans passed faster than they were read.
func (t *tap) lost() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var passed error
	if t.passed > 0 {
		passed = fmt.Errorf("%d spans passed the taps faster than they were read: a trace may lack these, and not in the mesh", t.passed)
	}
	return errors.Join(passed, t.recent.lost())
}

// at gives the URL of a path of the API server, and a client for it.
func (t *tap) at(path string) (*url.URL, *http.Client, error) {
	client, err := rest.HTTPClientFor(t.config)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	tls := t.config.CAFile != "" || len(t.config.CAData) > 0 || t.config.CertFile != "" || len(t.config.CertData) > 0 || t.config.Insecure
	base, _, err := rest.DefaultServerURL(t.config.Host, "/api", schema.GroupVersion{Version: "v1"}, tls)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	return base.JoinPath("api/v1/namespaces", t.namespace, path), client, nil
}

// pods gives the names of the release's collectors that run with a tap.
func (t *tap) pods(ctx context.Context) ([]string, error) {
	at, client, err := t.at("pods")
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []struct {
			Metadata struct {
				Name              string
				DeletionTimestamp *string
			}
			Spec   struct{ Containers []struct{ Name string } }
			Status struct{ Phase string }
		}
	}
	kubernetes := &api{name: "Kubernetes", base: strings.TrimSuffix(at.String(), "/"), client: client, header: http.Header{}}
	found, err := kubernetes.get(ctx, "", url.Values{
		"labelSelector": {"app.kubernetes.io/component=collector,app.kubernetes.io/instance=" + t.release},
	}, &list)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("%w: the Kubernetes API has no pods at its address", ErrSource)
	}
	var names []string
	for _, pod := range list.Items {
		for _, c := range pod.Spec.Containers {
			if c.Name == "tap" && pod.Status.Phase == "Running" && pod.Metadata.DeletionTimestamp == nil {
				names = append(names, pod.Metadata.Name)
			}
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("release %s in namespace %s has no running collector with a tap: set collector.tap.enabled to true", t.release, t.namespace)
	}
	return names, nil
}

// read takes what is new of a pod's tap.
func (t *tap) read(ctx context.Context, pod string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	base, err := t.forward(ctx, pod)
	if err != nil {
		return err
	}
	return t.take(ctx, base, pod)
}

// take asks the tap at an address for what is new.
func (t *tap) take(ctx context.Context, base, pod string) error {
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/spans?after=%d", base, t.next[pod]), nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return withoutURL(err)
		}
		body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
		_ = answer.Body.Close()
		if err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", answer.StatusCode)
		}
		head, spans, err := parseTap(body)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSource, err)
		}
		t.recent.add(spans...)
		// What a tap kept no more at the first question came before it, for all that is known.
		if _, asked := t.next[pod]; asked {
			t.passed += head.Lost
		}
		t.next[pod] = head.Next
		if !head.More {
			return nil
		}
	}
}

// forward opens a port of this machine that leads to the tap until the context ends.
func (t *tap) forward(ctx context.Context, pod string) (base string, err error) {
	at, _, err := t.at("pods/" + pod + "/portforward")
	if err != nil {
		return "", err
	}
	transport, upgrader, err := spdy.RoundTripperFor(t.config)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSource, err)
	}
	// By WebSocket, or SPDY where the API server is older than 1.30.
	old := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, http.MethodPost, at)
	tunnel, err := portforward.NewSPDYOverWebsocketDialer(at, t.config)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSource, err)
	}
	dialer := portforward.NewFallbackDialer(tunnel, old, func(error) bool { return true })
	ready, ended := make(chan struct{}), make(chan error, 1)
	f, err := portforward.New(dialer, []string{fmt.Sprintf("0:%d", tapPort)}, ctx.Done(), ready, io.Discard, io.Discard)
	if err != nil {
		return "", err
	}
	go func() { ended <- f.ForwardPorts() }()
	select {
	case <-ready:
	case err := <-ended:
		return "", fmt.Errorf("port forward: %w", err)
	case <-ctx.Done():
		return "", ctx.Err()
	}
	ports, err := f.GetPorts()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("http://127.0.0.1:%d", ports[0].Local), nil
}

// tapHead is the first line of a tap's answer.
type tapHead struct {
	Next, Lost uint64
	More       bool
}

// parseTap reads an answer: a head, then a span a line.
func parseTap(answer []byte) (tapHead, []RecordedSpan, error) {
	var head tapHead
	lines := json.NewDecoder(bytes.NewReader(answer))
	if err := lines.Decode(&head); err != nil {
		return head, nil, errors.New("this is not the answer of a tap")
	}
	var spans []RecordedSpan
	for {
		var s struct{ Trace, ID, Parent, Kind, Name, Service, Revision, Client string }
		err := lines.Decode(&s)
		if errors.Is(err, io.EOF) {
			return head, spans, nil
		}
		if err != nil || s.Trace == "" || s.ID == "" {
			return head, nil, fmt.Errorf("span %d of the tap's answer cannot be read", len(spans)+1)
		}
		spans = append(spans, RecordedSpan{
			TraceID: s.Trace, ID: s.ID, Parent: s.Parent, Service: s.Service, Name: s.Name, Kind: kindOf(s.Kind),
			Attributes: map[string]string{"istio.canonical_revision": s.Revision, clientTraceID: s.Client},
		})
	}
}
