package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// maxBytes bounds a document: the largest Istio profile is about 10 KiB.
const maxBytes = 10 << 20

var byteOrderMark = []byte("\ufeff")

// parse reads every document of a file that is a map; empty ones are left
// out. It refuses what is not UTF-8 or not YAML.
func parse(data []byte) ([]*yaml.Node, error) {
	if len(data) > maxBytes {
		return nil, refusal(idYAML, "", 0, 0,
			fmt.Sprintf("the document has %d bytes; %d are the most that is read", len(data), maxBytes),
			"give the control plane's document alone")
	}
	if !utf8.Valid(data) {
		line := 1 + bytes.Count(data[:invalidAt(data)], []byte("\n"))
		return nil, refusal(idYAML, "", line, 0, "the document is not UTF-8", "save it as UTF-8")
	}
	var documents []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, notYAML(err)
		}
		root := node.Content[0]
		switch {
		case isNull(root):
		case root.Kind != yaml.MappingNode:
			return nil, refusal(idKind, "", root.Line, root.Column,
				"the document is no map of settings", "give a control-plane document or values of an Istio chart")
		default:
			documents = append(documents, root)
		}
	}
}

func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(data)
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): `)

// notYAML turns an error of the YAML parser into ours.
func notYAML(err error) *Error {
	text := err.Error()
	line := 0
	if found := yamlLine.FindStringSubmatch(text); found != nil {
		line, _ = strconv.Atoi(found[1])
		text = text[len(found[0]):]
	}
	reason := "not YAML"
	if words := redact.ParserWords(text); words != "" {
		reason += ": " + words
	}
	return refusal(idYAML, "", line, 0, reason, "mend the YAML")
}

// refuseDuplicates finds a key that stands twice in one map, which YAML forbids
// and readers settle differently, or that is no text.
func refuseDuplicates(path string, node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		for i, item := range node.Content {
			if err := refuseDuplicates(index(path, i), item); err != nil {
				return err
			}
		}
	}
	if node.Kind != yaml.MappingNode {
		return nil
	}
	first := make(map[string]*yaml.Node, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		// Readers turn numbers and the like into text in ways of their own: 0 and 00 are one key to some.
		if tag := resolved(key).ShortTag(); tag != "!!str" && tag != "!!merge" {
			return refusal(idForm, path, key.Line, key.Column, "a key is no text", "put it in quotes")
		}
		name := resolved(key).Value
		at := join(path, name)
		if earlier, found := first[name]; found {
			return refusal(idDuplicate, at, key.Line, key.Column,
				fmt.Sprintf("the key stands twice, first on line %d", earlier.Line), "keep one of them")
		}
		first[name] = key
		if err := refuseDuplicates(at, node.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
