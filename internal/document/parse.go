package document

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// maxBytes bounds a document: the largest Istio profile is about 10 KiB.
const maxBytes = 10 << 20

// maxExpansion bounds what aliases may stand for, so that a small file cannot
// ask for a great deal of memory.
const maxExpansion = 1 << 20

var byteOrderMark = []byte("\ufeff")

// parse reads every document of a file that is a map; empty ones are left
// out. It refuses what is not UTF-8 or not YAML.
func parse(data []byte) ([]*yaml.Node, error) {
	roots, patches, err := parseWithPatches(data)
	if len(patches) > 0 {
		return nil, refusal(idKind, "", patches[0].Line, patches[0].Column,
			"the document is a list of JSON patches", "give what they make of the object, such as the output of `kustomize build`")
	}
	return roots, err
}

// parseWithPatches reads the documents of a file that are maps, and those that are
// lists of JSON patches.
func parseWithPatches(data []byte) (roots, patches []*yaml.Node, err error) {
	if len(data) > maxBytes {
		return nil, nil, refusal(idYAML, "", 0, 0,
			fmt.Sprintf("the document has %d bytes; %d are the most that is read", len(data), maxBytes),
			"give the control plane's document alone")
	}
	if at := yamltree.InvalidUTF8(data); at >= 0 {
		line := 1 + bytes.Count(data[:at], []byte("\n"))
		return nil, nil, refusal(idYAML, "", line, 0, "the document is not UTF-8", "save it as UTF-8")
	}
	all, err := yamltree.Read(data, maxExpansion)
	for _, root := range slices.DeleteFunc(all, yamltree.IsNull) {
		if IsJSONPatch(root) {
			patches = append(patches, root)
			continue
		}
		if isObjects(root) {
			return nil, nil, refusal(idKind, "", root.Line, root.Column,
				"the document is a list of objects", `give it as an object of kind List, such as by jq '{apiVersion: "v1", kind: "List", items: .}'`)
		}
		if root.Kind != yaml.MappingNode {
			return nil, nil, refusal(idKind, "", root.Line, root.Column,
				"the document is not a map of settings", "give a control-plane document, or the values of an Istio chart alone, as a file of their own")
		}
		roots = append(roots, root)
	}
	var bound *yamltree.BoundError
	switch {
	case errors.Is(err, yamltree.ErrAliases) && errors.As(err, &bound):
		return nil, nil, refusal(idAlias, "", bound.Line, bound.Column, bound.Error(), "write fewer aliases")
	case errors.As(err, &bound):
		return nil, nil, refusal(idYAML, "", bound.Line, bound.Column, bound.Error(), "give the control plane's document alone")
	case err != nil:
		reason := "not valid YAML"
		line, words := yamltree.SyntaxError(data, err)
		if words != "" {
			reason += ": " + words
		}
		return nil, nil, refusal(idYAML, "", line, 0, reason, "fix the YAML")
	}
	return roots, patches, nil
}

// isObjects tells a list of objects of Kubernetes, as jsonnet writes them.
func isObjects(root *yaml.Node) bool {
	items := yamltree.Items(root)
	return len(items) > 0 && !slices.ContainsFunc(items, func(item *yaml.Node) bool {
		return text(item, "kind") == "" || text(item, "apiVersion") == ""
	})
}

// IsJSONPatch tells a list of the operations of RFC 6902.
func IsJSONPatch(root *yaml.Node) bool {
	items := yamltree.Items(root)
	if len(items) == 0 {
		return false
	}
	_, operation := yamltree.Entry(items[0], "op")
	_, path := yamltree.Entry(items[0], "path")
	return yamltree.Text(operation) != "" && yamltree.Text(path) != ""
}

// refuseDuplicates finds a key that a map has twice, which YAML forbids and
// readers resolve differently, or that is not a string.
func refuseDuplicates(root *yaml.Node) error {
	for place := range yamltree.All(root) {
		if place.Value.Kind != yaml.MappingNode {
			continue
		}
		first := make(map[string]*yaml.Node, len(place.Value.Content)/2)
		for key := range yamltree.Children(place.Value) {
			// Readers turn numbers and the like into text in ways of their own: 0 and 00 are one key to some.
			if tag := yamltree.Resolved(key).ShortTag(); tag != "!!str" && tag != "!!merge" {
				return refusal(idForm, place.Path().String(), key.Line, key.Column, "mapping key must be a string", "quote it")
			}
			name := yamltree.Key(key)
			if earlier, found := first[name]; found {
				return refusal(idDuplicate, append(place.Path(), name).String(), key.Line, key.Column,
					fmt.Sprintf("duplicate key, first on line %d", earlier.Line), "keep one of them")
			}
			first[name] = key
		}
	}
	return nil
}

// The ids of the problems this package finds in the user's document.
const (
	idYAML      = "LS-DOCUMENT-YAML"          // not YAML, not UTF-8, or too big
	idDuplicate = "LS-DOCUMENT-DUPLICATE-KEY" // a key stands twice in one map
	idKind      = "LS-DOCUMENT-KIND"          // no document of the kind, or more than one
	idAlias     = "LS-DOCUMENT-ALIAS"         // writing would go through a YAML alias
	idType      = "LS-DOCUMENT-TYPE"          // text where ours is a map, and the like
	idName      = "LS-DOCUMENT-NAME"          // a list item has the name of ours and is another, or two have it
	idLayer     = "LS-DOCUMENT-LAYER"         // a list of ours would hide one in a weaker place, or a stronger place hides ours
	idForm      = "LS-DOCUMENT-FORM"          // a form of YAML that cannot be edited safely
)

// Error says why the user's document was refused. Its File is empty: the
// caller knows the name.
type Error struct {
	Problem problem.Problem
}

// Error gives the line, the path, the reason and the fix.
func (e *Error) Error() string {
	p := e.Problem
	var text strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&text, "line %d: ", p.Line)
	}
	if p.Path != "" {
		text.WriteString(p.Path + ": ")
	}
	text.WriteString(p.Reason)
	if p.Fix != "" {
		text.WriteString(": " + p.Fix)
	}
	return text.String()
}

// refusal makes an *Error at a line and column (0 where unknown).
func refusal(id, path string, line, column int, reason, fix string) *Error {
	return &Error{problem.Problem{
		ID: id, Severity: problem.SeverityError, Path: redact.Key(path), Reason: reason, Fix: fix, Line: line, Column: column,
	}}
}
