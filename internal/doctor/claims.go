package doctor

import (
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// claims finds volumes of queues that no collector uses any more.
func (e *examination) claims() {
	for i := range e.Claims {
		c := &e.Claims[i]
		if !e.Ours(c.Meta) || c.Used() {
			continue
		}
		why := fmt.Sprintf("StatefulSet %s does not exist", c.Set)
		if !c.Gone {
			why = fmt.Sprintf("StatefulSet %s has %s", c.Set, terminal.Counted(max(c.Replicas, 0), "replica"))
		}
		facts := finding.Facts{"name": c.Name, "namespace": c.Namespace, "why": why}
		e.add("LS-COLLECTOR-CLAIM-LEFT", subject("persistentvolumeclaim", c.Ref), c.Created, facts)
	}
}
