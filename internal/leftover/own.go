package leftover

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// own are the namespaces of this chart's releases whose names mention LightStep.
// Where such a name stands for the namespace, in a key for namespaces or in the
// host of one of the chart's Services, it is no mention.
type own struct {
	namespaces map[string]bool
	written    *regexp.Regexp // a namespace as texts have it
}

var services = mesh.Resource{Version: "v1", Name: "services", Kind: "Service"}

// nameLabel is the label in which Kubernetes repeats the name of a namespace.
const nameLabel = "kubernetes.io/metadata.name"

// namespaceKey tells a key whose value is a namespace.
var namespaceKey = regexp.MustCompile(`(?i)namespaces?$|^` + regexp.QuoteMeta(nameLabel) + `$`)

// findOwn finds them by what the chart has in them. What may not be listed is a
// gap that is told where all objects of the kind are looked at.
func findOwn(ctx context.Context, from mesh.Source) own {
	hosts := map[string][]string{}
	for _, of := range []mesh.Resource{services, {Version: "v1", Name: "configmaps", Kind: "ConfigMap"}} {
		for _, label := range collector.ChartLabels {
			_ = from.List(ctx, of, mesh.Query{Labels: map[string]string{label: collector.Chart}}, func(data []byte) error {
				var o object
				if json.Unmarshal(data, &o) == nil && Next(o.Metadata.Namespace, 0) >= 0 {
					known := hosts[o.Metadata.Namespace]
					if of == services {
						known = append(known, regexp.QuoteMeta(o.Metadata.Name+"."+o.Metadata.Namespace))
					}
					hosts[o.Metadata.Namespace] = known
				}
				return nil
			})
		}
	}
	o := own{namespaces: map[string]bool{}}
	var forms []string
	for _, name := range slices.Sorted(maps.Keys(hosts)) {
		o.namespaces[name] = true
		quoted := regexp.QuoteMeta(name)
		forms = append(forms, fmt.Sprintf(`(?:[nN]amespaces?|%s)\\?["']?\s*[:=]\s*\\?["']?%s`, regexp.QuoteMeta(nameLabel), quoted))
		if len(hosts[name]) > 0 {
			forms = append(forms, fmt.Sprintf(`(?:\b%s/)?\b(?:%s)`, quoted, strings.Join(hosts[name], "|")))
		}
	}
	if len(forms) > 0 {
		o.written = regexp.MustCompile(`(?:` + strings.Join(forms, "|") + `)(?:\.svc\b|[^-.\w]|$)`)
	}
	return o
}

// isNamespace tells such a namespace as the value of a key.
func (o own) isNamespace(key string, value any) bool {
	name, ok := value.(string)
	return ok && o.namespaces[name] && namespaceKey.MatchString(key)
}

// without gives a text without these namespaces.
func (o own) without(text string) string {
	if o.written == nil {
		return text
	}
	return o.written.ReplaceAllStringFunc(text, func(found string) string { return strings.Repeat("\n", strings.Count(found, "\n")) })
}
