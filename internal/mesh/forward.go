package mesh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
	"k8s.io/streaming/pkg/httpstream"
)

// answerLimit bounds what is read of one answer.
const answerLimit = 32 << 20

// Ask sends GET requests to a port of a pod, one after the other over one
// port-forward, as istioctl does it: the proxy's admin interface listens on the
// pod's own loopback. It hands each answer to take, and ends when the context
// does, whatever the pod does.
func (c *Cluster) Ask(ctx context.Context, pod Ref, port int, paths []string, take func(path string, answer []byte) error) error {
	connection, err := c.forward(ctx, pod)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = connection.Close() })
	defer func() {
		stop()
		_ = connection.Close()
	}()
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return dialStream(connection, port)
		},
	}}
	for _, path := range paths {
		answer, err := ask(ctx, &client, port, path)
		if err != nil {
			return fmt.Errorf("port %d of %s: %w", port, pod, err)
		}
		if err := take(path, answer); err != nil {
			return err
		}
	}
	return nil
}

func ask(ctx context.Context, client *http.Client, port int, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("localhost", strconv.Itoa(port))+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, errors.New("no answer in time")
		}
		return nil, unwrapURL(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", path, response.Status)
	}
	return io.ReadAll(io.LimitReader(response.Body, answerLimit))
}

// unwrapURL leaves out the address, which is only ours.
func unwrapURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// forward opens a port-forward to a pod: by WebSocket, or SPDY where the API
// server is older than 1.30. It gives up with the context.
func (c *Cluster) forward(ctx context.Context, pod Ref) (httpstream.Connection, error) {
	at := c.client.Post().AbsPath("/api/v1/namespaces", pod.Namespace, "pods", pod.Name, "portforward").URL()
	transport, upgrader, err := spdy.RoundTripperFor(c.config)
	if err != nil {
		return nil, fmt.Errorf("forward to %s: %w", pod, err)
	}
	old := spdy.NewDialerForStreaming(upgrader, &http.Client{Transport: transport}, http.MethodPost, at)
	tunnel, err := portforward.NewSPDYOverWebsocketDialerForStreaming(at, c.config)
	if err != nil {
		return nil, fmt.Errorf("forward to %s: %w", pod, err)
	}
	dialer := portforward.NewFallbackDialerForStreaming(tunnel, old, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
	type dialled struct {
		connection httpstream.Connection
		err        error
	}
	done := make(chan dialled, 1)
	go func() {
		connection, _, err := dialer.Dial(portforward.PortForwardProtocolV1Name)
		done <- dialled{connection, err}
	}()
	select {
	case d := <-done:
		if d.err != nil {
			return nil, fmt.Errorf("forward to %s: %w", pod, d.err)
		}
		return d.connection, nil
	case <-ctx.Done():
		// The dialer takes no context: what it opens later is closed then.
		go func() {
			if d := <-done; d.connection != nil {
				_ = d.connection.Close()
			}
		}()
		return nil, fmt.Errorf("forward to %s: no answer in time", pod)
	}
}

// dialStream opens a connection to a port inside of a port-forward.
func dialStream(connection httpstream.Connection, port int) (net.Conn, error) {
	headers := http.Header{}
	headers.Set(corev1.StreamType, corev1.StreamTypeError)
	headers.Set(corev1.PortHeader, strconv.Itoa(port))
	headers.Set(corev1.PortForwardRequestIDHeader, strconv.FormatInt(time.Now().UnixNano(), 10))
	failures, err := connection.CreateStream(headers)
	if err != nil {
		return nil, err
	}
	_ = failures.Close() // nothing is written to it
	headers.Set(corev1.StreamType, corev1.StreamTypeData)
	data, err := connection.CreateStream(headers)
	if err != nil {
		return nil, err
	}
	return &streamConn{Stream: data}, nil
}

// streamConn makes a connection of a stream. It has no deadlines of its own:
// the context closes the whole forward.
type streamConn struct{ httpstream.Stream }

// streamAddr is either end of a stream.
type streamAddr struct{}

// Network names the kind of connection.
func (streamAddr) Network() string { return "portforward" }

func (streamAddr) String() string { return "portforward" }

// LocalAddr is this end.
func (*streamConn) LocalAddr() net.Addr { return streamAddr{} }

// RemoteAddr is the pod's end.
func (*streamConn) RemoteAddr() net.Addr { return streamAddr{} }

// SetDeadline does nothing.
func (*streamConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (*streamConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (*streamConn) SetWriteDeadline(time.Time) error { return nil }

// Log reads the last lines of a container's log.
func (c *Cluster) Log(ctx context.Context, pod Ref, container string, lines int) ([]byte, error) {
	return c.get(ctx, "/api/v1/namespaces/"+pod.Namespace+"/pods/"+pod.Name+"/log", url.Values{
		"container": {container}, "tailLines": {strconv.Itoa(lines)}, "limitBytes": {"2000000"},
	}, "")
}

// NodeStats reads what the kubelet of a node measures, its /stats/summary
// (k8s.io/kubelet/pkg/apis/stats/v1alpha1), by way of the API server. That takes
// the right to get nodes/proxy.
func (c *Cluster) NodeStats(ctx context.Context, node string) ([]byte, error) {
	if wrong := content.IsPathSegmentName(node); len(wrong) > 0 {
		return nil, fmt.Errorf("%q is not a valid name: it %s", node, strings.Join(wrong, ", "))
	}
	return c.get(ctx, "/api/v1/nodes/"+node+"/proxy/stats/summary", nil, "")
}
