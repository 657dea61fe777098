package migrate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// plainContext is the name of a context that is what it says.
var plainContext = regexp.MustCompile(`^[-\w.:/@+]+$`)

// clusterOf notes which cluster a command of the user's in a file is for.
func (d *stepData) clusterOf(c cluster, file string) {
	if asks := c.asks || c.kubeconfig != "" && d.Kubeconfig != "" && c.kubeconfig != d.Kubeconfig; asks && !slices.Contains(d.Kubeconfigs, file) {
		d.Kubeconfigs = append(d.Kubeconfigs, file)
	}
	d.Kubeconfig = cmp.Or(c.kubeconfig, d.Kubeconfig)
	for _, text := range append([]string{c.context}, c.others...) {
		if text = terminal.Safe(text); text != "" && !slices.Contains(d.Cluster, text) {
			d.Cluster = append(d.Cluster, text)
		}
	}
}

// contextsOf notes the contexts that a file of another program chooses.
func (e *edited) contextsOf(in *input, d *stepData) {
	for _, doc := range e.decisions.documents {
		if doc.input != in || doc.owner != nil {
			continue
		}
		for _, path := range e.Contexts {
			for _, s := range sites(doc.root, path) {
				if name := yamltree.Text(s.Value); name != "" {
					d.clusterOf(cluster{context: yamltree.Key(s.Key) + " " + name}, "")
				}
			}
		}
	}
}

// Context is the one of kubectl's that the user's commands are for, as a word of a shell; "" where none or several are,
// or one that a variable holds.
func (d stepData) Context() string {
	if len(d.Cluster) != 1 {
		return ""
	}
	if _, name, found := strings.Cut(d.Cluster[0], " "); found && plainContext.MatchString(name) {
		return quoted(name)
	}
	return ""
}
