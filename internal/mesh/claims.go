package mesh

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

// Claim is the volume claim of a collector's queue.
type Claim struct {
	Meta
	Set      string // the StatefulSet whose pod it is for
	Ordinal  int    // of that pod
	Gone     bool   // there is no such StatefulSet
	Replicas int    // that it has
}

// Used tells whether the StatefulSet has the pod that the claim is for.
func (c *Claim) Used() bool { return !c.Gone && c.Ordinal < c.Replicas }

// claims reads those of queues in the namespaces of those who run the mesh.
// Kubernetes gives them the labels by which a StatefulSet selects its pods. Who
// may not see them is told so, and misses nothing else.
func (r *reader) claims(ctx context.Context) {
	var places []string
	for _, i := range r.snapshot.Istiods {
		places = append(places, i.Namespace, i.RootNamespace())
		if i.Config == nil {
			continue
		}
		for _, p := range i.Config.Providers {
			if at, ok := ServiceRef(p.Service); ok && p.Traces() {
				places = append(places, at.Namespace)
			}
		}
	}
	slices.Sort(places)
	for _, namespace := range slices.Compact(places) {
		if claims := r.claimsOf(ctx, namespace); len(claims) > 0 {
			r.sets(ctx, namespace, claims)
		}
	}
}

func (r *reader) claimsOf(ctx context.Context, namespace string) []Claim {
	var claims []Claim
	for _, label := range collector.ChartLabels {
		query := Query{Namespace: namespace, Labels: map[string]string{label: collector.Chart, collector.ComponentLabel: collector.Component}}
		err := r.source.List(ctx, volumeClaims, query, func(data []byte) error {
			c, ok, err := newClaim(data)
			if ok {
				claims = append(claims, c)
			}
			return err
		})
		if err != nil && !Absent(err) && ctx.Err() == nil {
			r.snapshot.Gaps = append(r.snapshot.Gaps, Gap{
				What: volumeClaims.String() + " in namespace " + namespace, Why: Reason(err), Optional: true,
			})
			return nil
		}
	}
	return claims
}

// sets notes which StatefulSets the claims have, and leaves out all where that
// cannot be seen.
func (r *reader) sets(ctx context.Context, namespace string, claims []Claim) {
	replicas := map[string]int{}
	for _, w := range listAll(ctx, r, statefulSets, Query{Namespace: namespace}, workloadOf(statefulSets.Kind)) {
		replicas[w.Name] = w.Replicas
	}
	if r.snapshot.blind[statefulSets.Name] {
		return
	}
	for _, c := range claims {
		number, known := replicas[c.Set]
		c.Gone, c.Replicas = !known, number
		r.snapshot.Claims = append(r.snapshot.Claims, c)
	}
}

// newClaim reads a claim, which is of a queue where a StatefulSet called it so:
// queue-SET-ORDINAL (templates/collector/statefulset.yaml).
func newClaim(data []byte) (claim Claim, ok bool, err error) {
	var o object[struct{}]
	if err := decode(data, &o); err != nil {
		return Claim{}, false, fmt.Errorf("read a PersistentVolumeClaim: %w", err)
	}
	c := Claim{Meta: newMeta(&o.Metadata)}
	pod, isQueue := strings.CutPrefix(c.Name, "queue-")
	at := strings.LastIndexByte(pod, '-')
	if !isQueue || at < 1 {
		return Claim{}, false, nil
	}
	c.Set = pod[:at]
	c.Ordinal, err = strconv.Atoi(pod[at+1:])
	return c, err == nil, nil
}
