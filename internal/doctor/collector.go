package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// collector checks the collector between proxies and backends.
func (e *examination) collector(p *plane) {
	c := p.dest.collector
	if c == nil {
		return
	}
	e.replicas(p, c)
	e.registryOnly(p, c)
	e.queues(c)
	if e.seen == nil {
		return
	}
	e.volumes(c)
	for _, o := range e.seen.Collectors {
		if c.has(o) {
			e.exports(c, o)
		}
	}
}

func (c *collector) facts() finding.Facts {
	return finding.Facts{
		"name": c.Name, "namespace": c.Namespace, "kind": kubectlKind(c.Kind), "replicas": fmt.Sprint(c.Replicas),
		"selector": selectorText(c.Selector), "workload": c.kubectlName(), "configMap": c.configMap,
		"more": fmt.Sprint(c.Replicas + 1),
	}
}

func kubectlKind(kind string) string {
	if kind == "Deployment" {
		return "deployment"
	}
	return "statefulset"
}

// replicas checks that collectors run, and that the Service leads to them.
func (e *examination) replicas(p *plane, c *collector) {
	at := subject(kubectlKind(c.Kind), c.Ref)
	if c.Replicas == 0 {
		e.add("LS-COLLECTOR-SCALED-DOWN", at, time.Time{}, c.facts())
		return
	}
	ready := 0
	for _, pod := range c.pods {
		if pod.Ready {
			ready++
		}
	}
	if ready == 0 && !e.Unseen("pods") {
		f := c.facts()
		f["why"] = why(c.pods)
		e.add("LS-COLLECTOR-DOWN", at, since(c.pods), f)
		return
	}
	for _, pod := range c.pods {
		if !pod.Ready {
			f := c.facts()
			f["name"], f["why"] = pod.Name, why([]*mesh.Pod{pod})
			e.add("LS-COLLECTOR-DEGRADED", subject("pod", pod.Ref), pod.Created, f)
		}
	}
	e.endpoints(p, c)
}

// endpoints checks that the Service selects the collector's pods, and the
// right port of them.
func (e *examination) endpoints(p *plane, c *collector) {
	s := p.dest.service
	if s == nil || s.Unseen || s.Headless || e.Unseen("endpointslices") {
		return
	}
	f := c.facts()
	f["name"], f["namespace"] = s.Name, s.Namespace
	if !mesh.Selects(s.Selector, c.PodLabels) || len(s.Selector) == 0 || s.Known == 0 {
		f["selector"], f["value"] = selectorText(s.Selector), finding.NewJSON(c.Selector)
		e.add("LS-COLLECTOR-NO-ENDPOINTS", subject("service", s.Ref), time.Time{}, f)
		return
	}
	for _, port := range s.Ports {
		if port.Port != p.dest.port || len(c.PortNames) == 0 {
			continue
		}
		target, ok := e.targetPort(p)
		listens := false
		for _, number := range c.PortNames {
			listens = listens || number == target
		}
		if !ok || !listens {
			f["port"], f["target"] = fmt.Sprint(port.Port), port.TargetPort
			e.add("LS-COLLECTOR-TARGET-PORT", subject("service", s.Ref), time.Time{}, f)
		}
	}
}

// why says what keeps pods from being ready, as far as Kubernetes says it.
func why(pods []*mesh.Pod) string {
	for _, pod := range pods {
		if pod.Waiting != "" {
			return ": " + pod.Waiting
		}
	}
	if len(pods) == 0 {
		return ": no pod exists"
	}
	return ""
}

// since is when the newest pod was made.
func since(pods []*mesh.Pod) time.Time {
	var newest time.Time
	for _, pod := range pods {
		if pod.Created.After(newest) {
			newest = pod.Created
		}
	}
	return newest
}

// registryOnly finds a collector whose own sidecar keeps it from backends that
// Istio does not know.
func (e *examination) registryOnly(p *plane, c *collector) {
	for _, x := range c.exporters {
		e.unregistered(p, c, x)
	}
}

func (e *examination) unregistered(p *plane, c *collector, x *exporter) {
	host := x.host
	with := slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return pod.Proxy != nil && !pod.Proxy.Inbound })
	if p.Config.Outbound != "REGISTRY_ONLY" || !with || host == "" || e.Unseen("serviceentries") {
		return
	}
	if at, ok := mesh.ServiceRef(host); ok && e.Namespaces[at.Namespace].Name != "" {
		return
	}
	for i := range e.ServiceEntries {
		if x.passes(p, &e.ServiceEntries[i], c.Namespace) {
			return
		}
	}
	f := x.facts(c.facts())
	f["host"] = host
	e.add("LS-ROUTE-REGISTRY-ONLY", subject(kubectlKind(c.Kind), c.Ref), time.Time{}, f)
}

// nearlyFull is from where on a volume is told of, in its bytes or its inodes.
const nearlyFull = 0.85

// VolumeState is what the kubelet says of a volume of a collector.
type VolumeState struct {
	Pod                mesh.Ref
	Claim              string // persistentvolumeclaim
	Capacity           uint64 // bytes, with what is kept for root
	Used, Free         uint64 // bytes; free to everybody
	Inodes, InodesFree uint64 // 0 where the file system has none
}

// used is the part of the volume that is used, of its bytes, as df counts them,
// or of its inodes, whichever is more.
func (v VolumeState) used() float64 {
	part := func(used, free uint64) float64 {
		if used == 0 {
			return 0
		}
		return float64(used) / (float64(used) + float64(free))
	}
	return max(part(v.Used, v.Free), part(v.Inodes-min(v.Inodes, v.InodesFree), v.InodesFree))
}

// larger is a size that leaves as much room again, in Gi.
func (v VolumeState) larger() string {
	const gi = 1 << 30
	return fmt.Sprintf("%dGi", max(10, (2*v.Capacity+gi-1)/gi))
}

// volumes tells of volumes that are full, or will be.
func (e *examination) volumes(c *collector) {
	for _, v := range e.seen.Volumes {
		if !slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return pod.Ref == v.Pod }) || v.used() < nearlyFull {
			continue
		}
		id := "LS-COLLECTOR-VOLUME-FILLING"
		if v.used() >= 1 {
			id = "LS-COLLECTOR-VOLUME-FULL"
		}
		facts := finding.Facts{
			"pod": v.Pod.Name, "namespace": v.Pod.Namespace, "claim": v.Claim, "size": v.larger(), "used": number(float64(int(100 * v.used()))),
		}
		e.add(id, subject("pod", v.Pod), time.Time{}, facts)
	}
}

// nodesOf gives the nodes of collectors that keep their queue on a volume.
func nodesOf(c *collector, known []string) []string {
	for _, pod := range c.pods {
		if len(c.Claims) > 0 && pod.Node != "" && !slices.Contains(known, pod.Node) {
			known = append(known, pod.Node)
		}
	}
	return known
}

// statistics asks the kubelet of each node, once.
func (a *asking) statistics(ctx context.Context, o *Observations, nodes []string, collectors []*collector) {
	var mu sync.Mutex
	a.each(ctx, len(nodes), func(ctx context.Context, i int) {
		answer, err := a.from.NodeStats(ctx, nodes[i])
		var found []VolumeState
		if err == nil {
			found, err = readVolumes(answer, collectors)
		}
		mu.Lock()
		defer mu.Unlock()
		o.Volumes = append(o.Volumes, found...)
		switch {
		case mesh.Refused(err):
			o.volumesUnseen = "permission denied: reading volume usage from a kubelet requires the permission to get nodes/proxy"
		case err != nil:
			o.volumesUnseen = said(err)
		}
	})
	slices.SortFunc(o.Volumes, func(a, b VolumeState) int { return strings.Compare(a.Pod.String()+a.Claim, b.Pod.String()+b.Claim) })
}

// readVolumes finds collectors' volumes in a kubelet's /stats/summary. Some
// kinds of volumes have no figures.
func readVolumes(answer []byte, collectors []*collector) ([]VolumeState, error) {
	var summary struct {
		Pods []struct {
			Pod struct {
				Name      string `json:"name"`
				Namespace string `json:"namespace"`
			} `json:"podRef"`
			Volumes []struct {
				Claim *struct {
					Name string `json:"name"`
				} `json:"pvcRef"`
				Capacity   uint64 `json:"capacityBytes"`
				Used       uint64 `json:"usedBytes"`
				Free       uint64 `json:"availableBytes"`
				Inodes     uint64 `json:"inodes"`
				InodesFree uint64 `json:"inodesFree"`
			} `json:"volume"`
		} `json:"pods"`
	}
	if json.Unmarshal(answer, &summary) != nil {
		return nil, errors.New("the kubelet's answer is not valid JSON")
	}
	var found []VolumeState
	for _, p := range summary.Pods {
		at := mesh.Ref{Namespace: p.Pod.Namespace, Name: p.Pod.Name}
		ours := slices.ContainsFunc(collectors, func(c *collector) bool {
			return slices.ContainsFunc(c.pods, func(pod *mesh.Pod) bool { return pod.Ref == at })
		})
		for _, v := range p.Volumes {
			if ours && v.Claim != nil && v.Capacity > 0 {
				found = append(found, VolumeState{
					Pod: at, Claim: v.Claim.Name, Capacity: v.Capacity, Used: v.Used, Free: v.Free, Inodes: v.Inodes, InodesFree: v.InodesFree,
				})
			}
		}
	}
	return found, nil
}
