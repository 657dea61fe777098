package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// Asker is what asks pods; a *mesh.Cluster is one.
type Asker interface {
	// Ask sends GET requests to a port of a pod.
	Ask(ctx context.Context, pod mesh.Ref, port int, paths []string, take func(path string, answer []byte) error) error
	// Log reads the last lines of a container's log.
	Log(ctx context.Context, pod mesh.Ref, container string, lines int) ([]byte, error)
	// NodeStats reads what the kubelet of a node measures.
	NodeStats(ctx context.Context, node string) ([]byte, error)
}

// Asking bounds how pods are asked.
type Asking struct {
	Parallel int           // pods at once
	Timeout  time.Duration // for each pod and look
	Pause    time.Duration // between the two looks
	Asked    func(done, all int)
}

// The bounds that are used where none are given.
const (
	DefaultParallel = 16
	DefaultTimeout  = 10 * time.Second
	DefaultPause    = 3 * time.Second
)

const (
	adminPort = 15000 // of the proxy, on its loopback
	logLines  = 300
)

// Observe asks one ready pod of every workload about its exports, and every
// collector about its queue: twice, for counters alone do not tell whether
// something fails now or failed long ago. The kubelets of collectors are asked
// once, how full their volumes are.
func (d *Doctor) Observe(ctx context.Context, from Asker, snapshot *mesh.Snapshot, how Asking) *Observations {
	e := &examination{Doctor: d, Snapshot: snapshot}
	o := &Observations{}
	var nodes []string
	var collectors []*collector
	for _, p := range e.planes() {
		if !p.has || p.target.Service == "" {
			continue
		}
		for _, w := range workloadsOf(p.pods, func(pod *mesh.Pod) bool { return pod.Ready && pod.Proxy.Ready }) {
			o.Proxies = append(o.Proxies, ProxyState{Pod: w.first.Ref, Workload: w.name, Revision: p.Revision, Cluster: p.cluster()})
		}
		if c := p.dest.collector; c != nil {
			nodes, collectors = nodesOf(c, nodes), append(collectors, c)
			for _, pod := range c.pods {
				known := slices.ContainsFunc(o.Collectors, func(s CollectorState) bool { return s.Pod == pod.Ref })
				if pod.Ready && !known && c.IsCollector() {
					o.Collectors = append(o.Collectors, CollectorState{Pod: pod.Ref})
				}
			}
		}
	}
	if len(o.Proxies)+len(o.Collectors)+len(nodes) == 0 {
		return o
	}
	a := &asking{Asking: how, from: from, all: 2*(len(o.Proxies)+len(o.Collectors)) + len(nodes)}
	a.round(ctx, o, true)
	a.statistics(ctx, o, nodes, collectors)
	select {
	case <-ctx.Done():
	case <-time.After(how.Pause):
		a.round(ctx, o, false)
	}
	return o
}

type asking struct {
	Asking
	from Asker
	all  int
	mu   sync.Mutex
	done int
}

// round asks every pod once.
func (a *asking) round(ctx context.Context, o *Observations, first bool) {
	proxies := len(o.Proxies)
	a.each(ctx, proxies+len(o.Collectors), func(ctx context.Context, i int) {
		if i < proxies {
			a.proxy(ctx, &o.Proxies[i], first)
		} else {
			a.collector(ctx, &o.Collectors[i-proxies], first)
		}
	})
}

// each does the work for each of so many, a bounded number at a time.
func (a *asking) each(ctx context.Context, count int, work func(context.Context, int)) {
	slots := make(chan struct{}, max(1, a.Parallel))
	var group sync.WaitGroup
	for i := range count {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots; a.tell() }()
			bounded, cancel := context.WithTimeout(ctx, a.Timeout)
			defer cancel()
			work(bounded, i)
		})
	}
	group.Wait()
}

func (a *asking) tell() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.done++
	if a.Asked != nil {
		a.Asked(a.done, a.all)
	}
}

func (a *asking) proxy(ctx context.Context, p *ProxyState, first bool) {
	first = first || p.Err != "" // asked again
	err := a.from.Ask(ctx, p.Pod, adminPort, []string{"/clusters?format=json"}, func(_ string, answer []byte) error {
		status, found, err := readCluster(answer, p.Cluster)
		if err != nil {
			return err
		}
		p.Configured, p.Endpoints, p.Healthy, p.After = found, len(status.Hosts), status.healthy(), status.counters()
		if first {
			p.Before = p.After
		}
		return nil
	})
	p.Err = said(err)
}

func (a *asking) collector(ctx context.Context, c *CollectorState, first bool) {
	last := !first
	first = first || c.Err != "" // asked again
	err := a.from.Ask(ctx, c.Pod, otelcol.MetricsPort, []string{"/metrics"}, func(_ string, answer []byte) error {
		metrics, err := otelcol.ReadMetrics(bytes.NewReader(answer))
		if err != nil {
			return err
		}
		if c.After = metrics.Exporters; first {
			c.Before = c.After
		}
		return nil
	})
	if c.Between = a.Pause; err == nil && last {
		var log []byte
		if log, err = a.from.Log(ctx, c.Pod, otelcol.Container, logLines); err == nil {
			c.Failures = readFailures(log)
		}
	}
	c.Err = said(err)
}

// said is an error in words, and nothing where there is none.
func said(err error) string {
	if err == nil {
		return ""
	}
	return mesh.AskReason(err)
}

// Gaps are the pods that could not be asked, and their nodes.
func (o *Observations) Gaps() []mesh.Gap {
	var gaps []mesh.Gap
	for _, p := range o.Proxies {
		if p.Err != "" {
			gaps = append(gaps, mesh.Gap{What: "the proxy of pod " + p.Pod.String(), Why: p.Err})
		}
	}
	for _, c := range o.Collectors {
		if c.Err != "" {
			gaps = append(gaps, mesh.Gap{What: "collector " + c.Pod.String(), Why: c.Err})
		}
	}
	if o.volumesUnseen != "" {
		gaps = append(gaps, mesh.Gap{What: "the volume usage of the collectors", Why: o.volumesUnseen, Optional: true})
	}
	return gaps
}

// clusterStatus is one entry of /clusters?format=json of a proxy's admin
// interface (envoy.admin.v3.Clusters).
type clusterStatus struct {
	Name  string `json:"name"`
	Hosts []struct {
		Stats []struct {
			Name  string      `json:"name"`
			Value countString `json:"value"`
		} `json:"stats"`
		Health struct {
			EDS       string `json:"eds_health_status"`
			FailedOne bool   `json:"failed_active_health_check"`
		} `json:"health_status"`
	} `json:"host_statuses"`
}

// countString is a number that JSON of protobuf writes as text.
type countString uint64

// UnmarshalJSON reads the number from text or as it is.
func (c *countString) UnmarshalJSON(data []byte) error {
	text := string(data)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("read a counter: %w", errors.New("it is not a number"))
	}
	*c = countString(n)
	return nil
}

// readCluster finds a cluster in what a proxy answers.
func readCluster(answer []byte, name string) (status clusterStatus, found bool, err error) {
	var all struct {
		Clusters []clusterStatus `json:"cluster_statuses"`
	}
	if err := json.Unmarshal(answer, &all); err != nil {
		return clusterStatus{}, false, errors.New("the proxy's answer is not valid JSON")
	}
	for _, c := range all.Clusters {
		if c.Name == name {
			return c, true, nil
		}
	}
	return clusterStatus{}, false, nil
}

// counters adds up those of all endpoints.
func (c clusterStatus) counters() Counters {
	var sum Counters
	into := map[string]*uint64{
		"cx_total": &sum.Connections, "cx_connect_fail": &sum.ConnectFailures,
		"rq_total": &sum.Requests, "rq_success": &sum.Succeeded, "rq_error": &sum.Failed,
	}
	for _, h := range c.Hosts {
		for _, s := range h.Stats {
			if to := into[s.Name]; to != nil {
				*to += uint64(s.Value)
			}
		}
	}
	return sum
}

func (c clusterStatus) healthy() int {
	healthy := 0
	for _, h := range c.Hosts {
		if (h.Health.EDS == "" || h.Health.EDS == "HEALTHY") && !h.Health.FailedOne {
			healthy++
		}
	}
	return healthy
}
