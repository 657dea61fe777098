package mesh

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// PageSize is the most objects that are asked for at once.
const PageSize = 500

// requestTime bounds each request, that of a page included, where the
// configuration has no timeout.
const requestTime = 30 * time.Second

// Cluster is a Source that asks an API server, and never writes to it.
type Cluster struct {
	client *rest.RESTClient
	config *rest.Config
	calls  atomic.Int64
	bounds bounds
	limit  time.Duration // of a request
	spent  atomic.Int64  // nanoseconds, on lists

	groupsOnce sync.Once
	groups     map[string][]string
	groupsErr  error
}

// NewCluster makes a source of the cluster that a configuration leads to. No
// request is made yet.
func NewCluster(config *rest.Config) (*Cluster, error) {
	c := &Cluster{config: rest.CopyConfig(config), bounds: wide, limit: cmp.Or(config.Timeout, requestTime)}
	c.config.GroupVersion = &schema.GroupVersion{}
	c.config.APIPath = "/"
	c.config.NegotiatedSerializer = serializer.WithoutConversionCodecFactory{CodecFactory: scheme.Codecs}
	c.config.ContentType = "application/json"
	c.config.AcceptContentTypes = "application/json"
	if c.config.QPS == 0 {
		// One run is a short burst; the defaults are those of a controller.
		c.config.QPS, c.config.Burst = 100, 200
	}
	c.config.Wrap(func(next http.RoundTripper) http.RoundTripper { return &counter{next: next, calls: &c.calls} })
	client, err := rest.RESTClientFor(c.config)
	if err != nil {
		return nil, fmt.Errorf("make a client of the cluster: %w", err)
	}
	c.client = client
	return c, nil
}

// counter counts requests.
type counter struct {
	next  http.RoundTripper
	calls *atomic.Int64
}

// RoundTrip counts a request and sends it on. The answer is read no further
// than the limit.
func (c *counter) RoundTrip(request *http.Request) (*http.Response, error) {
	c.calls.Add(1)
	response, err := c.next.RoundTrip(request)
	if err == nil && response.StatusCode != http.StatusSwitchingProtocols && response.Body != nil {
		response.Body = &limited{ReadCloser: response.Body, left: mostAnswer}
	}
	return response, err
}

// mostAnswer bounds an answer of the API server, in bytes. A page of 500 pods
// has about 5 MB; what tenants write must not take the machine's memory.
const mostAnswer = 64 << 20

// limited is a body that is read no further than a limit.
type limited struct {
	io.ReadCloser
	left int
}

// Read reads, or says that there is too much.
func (l *limited) Read(into []byte) (int, error) {
	n, err := l.ReadCloser.Read(into)
	if l.left -= n; l.left < 0 {
		return 0, fmt.Errorf("the API server's answer %w", &bounded.TooLargeError{Limit: mostAnswer})
	}
	return n, err
}

// Anew gives lists their whole time again: for what looks again and again, whose
// looks are bounded and not all of them together.
func (c *Cluster) Anew() { c.spent.Store(0) }

// Calls is how many requests were made so far.
func (c *Cluster) Calls() int { return int(c.calls.Load()) }

// Host is the address of the API server.
func (c *Cluster) Host() string { return c.config.Host }

// Versions asks the API server for its groups, once.
func (c *Cluster) Versions(ctx context.Context, group string) ([]string, error) {
	c.groupsOnce.Do(func() {
		data, err := c.get(ctx, "/apis", nil, "")
		if err != nil {
			c.groupsErr = err
			return
		}
		var list metav1.APIGroupList
		if c.groupsErr = json.Unmarshal(data, &list); c.groupsErr != nil {
			return
		}
		c.groups = map[string][]string{}
		for _, g := range list.Groups {
			for _, v := range g.Versions {
				c.groups[g.Name] = append(c.groups[g.Name], v.Version)
			}
		}
	})
	if c.groupsErr != nil {
		return nil, c.groupsErr
	}
	versions := slices.Clone(c.groups[group])
	slices.SortStableFunc(versions, func(a, b string) int { return version.CompareKubeAwareVersionStrings(b, a) })
	return versions, nil
}

// Get asks for one object.
func (c *Cluster) Get(ctx context.Context, of Resource, namespace, name string) ([]byte, error) {
	// Names come from other objects too, and must not lead elsewhere.
	for _, part := range []string{namespace, name} {
		if wrong := content.IsPathSegmentName(part); len(wrong) > 0 {
			return nil, fmt.Errorf("%q is not a valid name: it %s", part, strings.Join(wrong, ", "))
		}
	}
	return c.get(ctx, path(of, namespace)+"/"+name, nil, "")
}

func (c *Cluster) get(ctx context.Context, path string, query url.Values, accept string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	request := c.client.Get().AbsPath(path)
	if accept != "" {
		request = request.SetHeader("Accept", accept)
	}
	for key, values := range query {
		for _, value := range values {
			request = request.Param(key, value)
		}
	}
	return request.DoRaw(ctx)
}

// page is one answer to a list.
type page struct {
	Metadata struct {
		Continue string `json:"continue"`
	} `json:"metadata"`
	Items []json.RawMessage `json:"items"`
}

// List asks for objects page by page.
func (c *Cluster) List(ctx context.Context, of Resource, query Query, each func([]byte) error) error {
	return c.pages(ctx, of, query, c.bounds.bytes, "", func(data []byte) (next string, err error) {
		var p page
		if err := json.Unmarshal(data, &p); err != nil {
			return "", fmt.Errorf("read a page of %s: %w", of, err)
		}
		for _, item := range p.Items {
			if err := each(item); err != nil {
				return "", err
			}
		}
		return p.Metadata.Continue, nil
	})
}

// pages hands the pages of a list to read, which gives what leads to the next
// one. accept may be empty for JSON.
func (c *Cluster) pages(ctx context.Context, of Resource, query Query, most int, accept string, read func(data []byte) (next string, err error)) error {
	params := url.Values{"limit": {strconv.Itoa(PageSize)}}
	if fields := query.fields(); fields != "" {
		params.Set("fieldSelector", fields)
	}
	if selector := query.selector(); selector != "" {
		params.Set("labelSelector", selector)
	}
	list := c.newList(of, most)
	for {
		data, err := list.page(ctx, func(ctx context.Context) ([]byte, error) {
			return c.get(ctx, path(of, query.Namespace), params, accept)
		})
		if err != nil {
			return err
		}
		next, err := read(data)
		if err != nil || next == "" {
			return err
		}
		if err := list.goesOn(next); err != nil {
			return err
		}
		params.Set("continue", next)
	}
}

// listPods lists pods in protobuf, which takes the API server and us a third of
// the time that JSON does.
func (c *Cluster) listPods(ctx context.Context, namespace string, each func(Pod)) error {
	const protobuf = "application/vnd.kubernetes.protobuf, application/json"
	return c.pages(ctx, pods, Query{Namespace: namespace}, c.bounds.podBytes, protobuf, func(data []byte) (next string, err error) {
		page := &corev1.PodList{}
		if _, _, err := scheme.Codecs.UniversalDeserializer().Decode(data, nil, page); err != nil {
			return "", fmt.Errorf("read a page of pods: %w", err)
		}
		for i := range page.Items {
			each(newPod(&page.Items[i]))
		}
		return page.Continue, nil
	})
}

func (q Query) fields() string {
	var parts []string
	if q.Name != "" {
		parts = append(parts, "metadata.name="+q.Name)
	}
	if q.Reason != "" {
		parts = append(parts, "reason="+q.Reason)
	}
	return strings.Join(parts, ",")
}

func (q Query) selector() string {
	all := labels.Set(q.Labels).String()
	if q.AnyLabel.Key != "" {
		all = strings.TrimPrefix(all+","+q.AnyLabel.Key+" in ("+strings.Join(q.AnyLabel.Values, ",")+")", ",")
	}
	return all
}

func path(of Resource, namespace string) string {
	p := "/api/" + of.Version
	if of.Group != "" {
		p = "/apis/" + of.Group + "/" + of.Version
	}
	if namespace != "" {
		p += "/namespaces/" + namespace
	}
	return p + "/" + of.Name
}

// bounds are those of what a cluster lists: an API server that is broken, or
// whose pages others make, must neither hold a run nor take the memory of its
// machine.
type bounds struct {
	pages    int           // of one list
	bytes    int           // of all pages of one list
	podBytes int           // of pods, which are not kept as they are read
	time     time.Duration // for all lists of a run, or of a look where it has several
}

// wide is beyond what a cluster of 150,000 pods, the largest that Kubernetes
// supports, has to say.
var wide = bounds{pages: 2000, bytes: 512 << 20, podBytes: 2 << 30, time: 10 * time.Minute}

// errEndless says that there are more pages than any cluster has.
var errEndless = errors.New("the API server's pages do not end")

// list is the state of one list that is read page by page.
type list struct {
	cluster *Cluster
	of      Resource
	most    int // bytes
	left    int
	pages   int
	seen    map[string]bool // tokens
}

func (c *Cluster) newList(of Resource, bytes int) *list {
	return &list{cluster: c, of: of, most: bytes, left: bytes, seen: map[string]bool{}}
}

// page asks for the next page, in what is left of the time for all lists.
func (l *list) page(ctx context.Context, ask func(context.Context) ([]byte, error)) ([]byte, error) {
	spent, most := &l.cluster.spent, l.cluster.bounds.time
	bound, cancel := context.WithTimeout(ctx, most-time.Duration(spent.Load()))
	defer cancel()
	begun := time.Now()
	data, err := ask(bound)
	spent.Add(int64(time.Since(begun)))
	switch {
	case bound.Err() != nil && ctx.Err() == nil:
		return nil, fmt.Errorf("list %s: the API server's lists took more than %s", l.of, most)
	case err != nil:
		return nil, err
	}
	if l.left -= len(data); l.left < 0 {
		return nil, fmt.Errorf("the API server's pages of %s together %w", l.of, &bounded.TooLargeError{Limit: l.most})
	}
	return data, nil
}

// goesOn refuses a token of a further page that would have no end.
func (l *list) goesOn(token string) error {
	l.pages++
	if l.seen[token] || l.pages >= l.cluster.bounds.pages {
		return fmt.Errorf("list %s: %w", l.of, errEndless)
	}
	l.seen[token] = true
	return nil
}
