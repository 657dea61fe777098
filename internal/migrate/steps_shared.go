package migrate

import (
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// sharedMaps notes what of the user's shared mesh ConfigMaps is to be applied, and
// whether our part is merged into the control plane's own document: istioctl and Helm
// replace its list of providers by ours.
func (e *edited) sharedMaps(r *Result, o Options, d *stepData) {
	if d.Unshared = e.plan.unshared; !d.Unshared {
		return
	}
	installed := slices.ContainsFunc(e.inputs, func(in *input) bool {
		return e.hasProviders(in) && slices.ContainsFunc(d.Files, func(f files) bool { return f.Before == quoted(in.Name) })
	})
	byFlags := slices.ContainsFunc(e.inputs, func(in *input) bool { return in.command != nil && e.hasProviders(in) })
	switch {
	case len(d.Files) == 0, byFlags && !installed:
		// The document has what flags set: they would be laid over our item of the list.
		d.Before, d.Without = `"$YOURS"`, `"$YOURS_WITHOUT"`
		d.Files, d.Flags = nil, nil
	case len(d.Files) == 1 && installed:
		d.Before, d.Without = d.Files[0].Before, d.Files[0].After
	case len(d.Files) > 1:
		d.Lists = slices.ContainsFunc(e.inputs, e.hasProviders)
	}
	written := r.documentNames()
	for _, doc := range e.plan.shared {
		i := slices.Index(e.inputs, doc.input)
		if i < 0 || written[i] == "" || !r.Documents[i].Changed() {
			continue
		}
		is := sharedMap{object: objectsNamed([]object{doc.object()})[0], File: terminal.Safe(written[i])}
		alone := !slices.ContainsFunc(e.decisions.documents, func(other *document) bool {
			return other.input == doc.input && other.outermost() != doc
		})
		if alone {
			is.Path = quoted(o.dir()) + "/" + quoted(written[i])
		}
		d.SharedMaps = append(d.SharedMaps, is)
	}
}

// sharedMap is a shared mesh ConfigMap of the user's that had LightStep's settings.
type sharedMap struct {
	object
	File string // that has it as it is to be
	Path string // the same for kubectl; "" where it has more
}
