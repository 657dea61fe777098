package doctor

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// ErrNoSuchPart says that a ConfigMap lacks what is to be changed.
var ErrNoSuchPart = errors.New("no such field")

// Edit is what is changed in a ConfigMap's YAML document.
type Edit struct {
	Key    string   // of the ConfigMap's data
	Remove []string // paths: a.b, or a[name=x] for the item of a list
	Append []string // KEY=VALUE: to a list, which is made where it is missing
}

// Apply changes a document inside of a ConfigMap, as a filter between `kubectl
// get` and `kubectl replace`. Comments and order inside the document stay. Its
// errors never repeat the document.
func (e Edit) Apply(configMap []byte) ([]byte, error) {
	outer, err := document.Open(configMap)
	if err != nil || len(outer.Roots) == 0 {
		return nil, errors.New("the input is not a ConfigMap in YAML or JSON")
	}
	found := yamltree.Find(outer.Roots[0], yamltree.Path{"data", e.Key})
	if len(found) == 0 || found[0].Value.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("data.%s of the ConfigMap: %w", e.Key, ErrNoSuchPart)
	}
	inner, err := document.Open([]byte(found[0].Value.Value))
	if err != nil || len(inner.Roots) == 0 {
		return nil, fmt.Errorf("data.%s of the ConfigMap is not a YAML map", e.Key)
	}
	text, err := e.remove(inner)
	if err != nil {
		return nil, err
	}
	if text, err = e.append(text); err != nil {
		return nil, err
	}
	return outer.SetText(found[0], string(text))
}

// remove takes out what the paths lead to, and what is left empty by that:
// beside an `a: []` an `a` that somebody adds would be there twice.
func (e Edit) remove(f *document.File) ([]byte, error) {
	for _, text := range e.Remove {
		path := yamltree.Parse(text)
		if path.String() != text {
			return nil, fmt.Errorf("%q is not a valid path, such as a.list[name=item]", text)
		}
		found := yamltree.Find(f.Roots[0], path)
		if len(found) == 0 || len(path) == 0 {
			return nil, fmt.Errorf("%s: %w", text, ErrNoSuchPart)
		}
		for _, at := range found {
			f.RemoveAt(at)
		}
	}
	text, _, err := f.Bytes()
	return text, err
}

func (e Edit) append(text []byte) ([]byte, error) {
	for _, change := range e.Append {
		key, value, found := strings.Cut(change, "=")
		if !found {
			return nil, fmt.Errorf("%q is not KEY=VALUE", change)
		}
		f, err := document.Open(text)
		if err != nil {
			return nil, err
		}
		text, found, err = f.AppendText(key, value)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("%s: %w", key, ErrNoSuchPart)
		}
	}
	return text, nil
}
