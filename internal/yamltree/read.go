package yamltree

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxDepth is how deep maps and lists may stand within one another.
const MaxDepth = 1000

var (
	// ErrAliases says that aliases expand a document too far, or without end.
	ErrAliases = errors.New("aliases stand for too many values")
	// ErrDepth says that a document is deeper than [MaxDepth].
	ErrDepth = fmt.Errorf("maps and lists are nested more than %d levels deep", MaxDepth)
)

// BoundError says which document of a text goes beyond a bound.
type BoundError struct {
	Bound        error // ErrAliases or ErrDepth
	Line, Column int   // of its root, from 1
}

func (e *BoundError) Error() string { return e.Bound.Error() }

// Unwrap gives the bound.
func (e *BoundError) Unwrap() error { return e.Bound }

// Read gives the roots of the documents of a text, with each `!!binary` decoded, as
// Helm has it. Aliases may expand each document by so many bytes, where a node
// counts for two. The error is one of the
// parser, for [SyntaxError], or a *BoundError; with it come the documents that
// were read before.
func Read(data []byte, expansion int) ([]*yaml.Node, error) {
	var roots []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var node yaml.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return roots, nil
		}
		if err != nil {
			return roots, err
		}
		if len(node.Content) == 0 {
			continue
		}
		root := node.Content[0]
		w := weigher{weights: map[*yaml.Node]int{}}
		expanded := w.weigh(root, 0)
		switch {
		case w.deep:
			return roots, &BoundError{ErrDepth, root.Line, root.Column}
		case expanded-w.written > expansion:
			return roots, &BoundError{ErrAliases, root.Line, root.Column}
		}
		if err := decode(root); err != nil {
			return roots, err
		}
		roots = append(roots, root)
	}
}

// notBase64 is what is wrong with a `!!binary` that Helm refuses.
const notBase64 = "a !!binary value is not base64"

// decode puts text in the place of each `!!binary`. Where the bytes are no text,
// Helm has a replacement character for each of them.
func decode(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!binary" {
		text, err := base64.StdEncoding.DecodeString(n.Value)
		if err != nil {
			return fmt.Errorf("yaml: line %d: %s", n.Line, notBase64)
		}
		n.Tag, n.Value = "!!str", string([]rune(string(text)))
	}
	for _, c := range n.Content {
		if err := decode(c); err != nil {
			return err
		}
	}
	return nil
}

// weigher adds up how many bytes nodes take, as they stand and once aliases are
// expanded.
type weigher struct {
	weights map[*yaml.Node]int // of the nodes that have an anchor; endless while being weighed
	written int
	deep    bool
}

const (
	// endless is more than any document may expand to.
	endless = math.MaxInt / 4
	// nodeWeight is what a node takes besides its text.
	nodeWeight = 2
)

func (w *weigher) weigh(n *yaml.Node, depth int) int {
	sum := nodeWeight + len(n.Value)
	w.written += sum
	if n.Kind == yaml.AliasNode {
		return w.weights[n.Alias] // an anchor stands before its aliases
	}
	if w.deep = w.deep || depth > MaxDepth; w.deep {
		return sum
	}
	if n.Anchor != "" {
		w.weights[n] = endless
	}
	for _, c := range n.Content {
		sum = min(sum+w.weigh(c, depth+1), endless)
	}
	if n.Anchor != "" {
		w.weights[n] = sum
	}
	return sum
}

// mostText bounds a document in an object of a cluster, in bytes, and what aliases add
// to it: Kubernetes keeps no object larger than 1.5 MiB.
const mostText = 2 << 20

// Bounded gives an error for a document in an object of a cluster that is too large, too
// deep, or expanded too far by aliases, for a parser without these bounds.
func Bounded(text string) error {
	if len(text) > mostText {
		return fmt.Errorf("it holds more than %d MiB", mostText>>20)
	}
	_, err := Read([]byte(text), mostText)
	return err
}

var (
	yamlError = regexp.MustCompile(`yaml: (?:line (\d+): )?(.+)$`)
	// parserWords begin the messages of the parser proper, whose line is one
	// too low; the scanner's is right.
	parserWords = regexp.MustCompile(`^did not find expected (key|node content|',' or|'-' indicator|<document)|^found (undefined tag|duplicate %|incompatible)|^document must`)
)

// SyntaxError gives the line, from 1, of a parser's error about a text, 0 if
// unknown, and the parser's words where these do not quote the text.
func SyntaxError(data []byte, err error) (line int, words string) {
	match := yamlError.FindStringSubmatch(err.Error())
	if match == nil {
		return 0, ""
	}
	words = harmless(match[2])
	if words == "" || strings.HasPrefix(match[2], "unknown anchor") {
		return 0, words
	}
	line, _ = strconv.Atoi(match[1])
	if parserWords.MatchString(match[2]) || line == 0 {
		line++
	}
	return min(line, 1+bytes.Count(bytes.TrimRight(data, "\n"), []byte("\n"))), words
}

// quotable is what YAML's parser quotes of its own: "did not find expected '-'
// indicator".
var quotable = regexp.MustCompile(`'[^\w\s]'|'<document start>'`)

// harmless gives what the parser said of a text, "" where its words may quote the
// text.
func harmless(said string) string {
	switch {
	case strings.HasPrefix(said, "unknown anchor"):
		return "an alias (*name) has no anchor (&name) before it"
	case said == notBase64:
		return said
	case strings.ContainsAny(quotable.ReplaceAllString(said, ""), "'\"`!"), strings.Contains(said, "anchor"):
		return ""
	}
	return said
}

// InvalidUTF8 gives the offset of the first byte that is not UTF-8, or -1.
func InvalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}
