package migrate

import (
	"bytes"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// operator is Istio's own, which installs it from the IstioOperators of a cluster.
type operator struct {
	Runs []string        `json:"runs"` // what its container is told to run
	Gone dialect.Version `json:"gone"` // the first that has none
}

// isOperated tells whether the operator installs Istio from IstioOperators: its Deployment is there, or a script
// brings it. Where istioctl installs Istio too, it is that.
func (f *facts) isOperated() bool {
	brought := slices.ContainsFunc(f.documents, f.runsOperator)
	for _, in := range f.inputs {
		if !bytes.Contains(in.Data, []byte("istioctl")) {
			continue
		}
		for _, line := range bringsIstio.FindAllSubmatchIndex(in.Data, -1) {
			if line[2] < 0 {
				return false
			}
			brought = true
		}
	}
	return brought
}

// runsOperator tells a Deployment of the operator, by what a container runs.
func (p *parsed) runsOperator(d *document) bool {
	return d.is("Deployment") && slices.ContainsFunc(sites(d.root, "spec.template.spec.containers[]"), func(container site) bool {
		var words []string
		for _, s := range append(below(container, "command[]"), below(container, "args[]")...) {
			words = append(words, yamltree.Text(s.Value))
		}
		return slices.Contains(p.Operator.Runs, strings.Join(words[:min(2, len(words))], " "))
	})
}
