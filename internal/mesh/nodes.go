package mesh

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
)

// NodeStats reads what the kubelet of a node measures, its /stats/summary
// (k8s.io/kubelet/pkg/apis/stats/v1alpha1), by way of the API server. That takes
// the right to get nodes/proxy.
func (c *Cluster) NodeStats(ctx context.Context, node string) ([]byte, error) {
	if wrong := content.IsPathSegmentName(node); len(wrong) > 0 {
		return nil, fmt.Errorf("%q is not a valid name: it %s", node, strings.Join(wrong, ", "))
	}
	return c.get(ctx, "/api/v1/nodes/"+node+"/proxy/stats/summary", nil, "")
}
