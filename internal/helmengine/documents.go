package helmengine

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"
)

// Document is one YAML document of a render.
type Document struct {
	Source  string // the template it comes from, the chart's name first
	Kind    string // "" where the document has none, such as a values file
	Content string // trimmed YAML, without the `---` and `# Source:` lines
	Hook    bool   // run by Helm at a time of its own, such as a test
}

// YAML gives the bytes that `helm template` prints of documents.
func YAML(documents []Document) []byte {
	var out []byte
	hooks := false
	for _, d := range documents {
		// A render of hooks alone starts with the line that ends the manifests,
		// of which there are none.
		if d.Hook && !hooks && len(out) == 0 {
			out = append(out, '\n')
		}
		hooks = hooks || d.Hook
		out = append(out, separator+d.Source+"\n"+d.Content+"\n"...)
	}
	if len(out) == 0 {
		out = append(out, '\n')
	}
	return out
}

const separator = "---\n# Source: "

// arrange cuts rendered files into documents and orders them. It gives what
// releaseutil.SortManifests gives, which decodes every document in full only to
// learn its kind: most of a render's time.
func arrange(files map[string]string) ([]Document, error) {
	var documents, hooks []Document
	for _, source := range slices.Sorted(maps.Keys(files)) {
		if isPartial(source) || isNotes(source) {
			continue
		}
		for _, text := range splitDocuments(files[source]) {
			document, ok, err := readDocument(source, text)
			switch {
			case err != nil:
				return nil, err
			case !ok:
				continue
			case document.Hook:
				hooks = append(hooks, document)
			default:
				documents = append(documents, document)
			}
		}
	}
	slices.SortStableFunc(documents, func(a, b Document) int {
		return cmp.Or(compareKinds(a.Kind, b.Kind), cmp.Compare(a.Source, b.Source))
	})
	slices.SortStableFunc(hooks, func(a, b Document) int { return compareKinds(a.Kind, b.Kind) })
	return append(documents, hooks...), nil
}

// readDocument gives a document of a file, and false for a hook of a kind that
// Helm does not know and leaves out.
func readDocument(source, text string) (Document, bool, error) {
	if strings.Contains(text, release.HookAnnotation) {
		return readHook(source, text)
	}
	kind, err := documentKind(text)
	if err != nil {
		return Document{}, false, fmt.Errorf("YAML parse error on %s: %w", source, err)
	}
	return Document{Source: source, Kind: kind, Content: text}, true, nil
}

// readHook is readDocument for what may be a hook: Helm says so of its head, or
// of all of it where the head alone is no YAML.
func readHook(source, text string) (Document, bool, error) {
	head := text
	if !oddBreaks(text) {
		head = hookHead(text)
	}
	document, ok, err := judge(source, head)
	if err != nil && head != text {
		document, ok, err = judge(source, text)
	}
	document.Content = text
	return document, ok, err
}

// judge asks Helm about a document, of which it gives false for one that it leaves
// out. The line before the document keeps one that begins with dashes from being
// cut again.
func judge(source, text string) (Document, bool, error) {
	hooks, manifests, err := releaseutil.SortManifests(map[string]string{source: "---\n" + text}, nil, releaseutil.InstallOrder)
	switch {
	case err != nil || len(hooks)+len(manifests) == 0:
		return Document{}, false, err
	case len(hooks) > 0:
		return Document{Source: source, Kind: hooks[0].Kind, Hook: true}, true, nil
	}
	return Document{Source: source, Kind: manifests[0].Head.Kind}, true, nil
}

// hookHead cuts a document's spec off where nothing in or behind it can say
// what makes a hook: its kind and its metadata.
func hookHead(document string) string {
	head, rest, ok := strings.Cut(document, "\nspec:\n")
	if !ok || !plainEdges(rest, "kind", "metadata") {
		return document
	}
	return head
}

// compareKinds orders kinds as Helm installs them; those it does not know come
// last, by name.
func compareKinds(a, b string) int {
	rank := func(kind string) int {
		if i := slices.Index(releaseutil.InstallOrder, kind); i >= 0 {
			return i
		}
		return len(releaseutil.InstallOrder)
	}
	if i, j := rank(a), rank(b); i != j || i < len(releaseutil.InstallOrder) {
		return cmp.Compare(i, j)
	}
	return cmp.Compare(a, b)
}

// yamlSpace is what releaseutil.SplitManifests drops around a `---`.
const yamlSpace = "\t\n\f\r "

// splitDocuments does what releaseutil.SplitManifests does, in one pass over
// the text instead of a regular expression: a large render is mostly text.
func splitDocuments(file string) []string {
	var documents []string
	rest := strings.TrimSpace(file)
	if after, ok := strings.CutPrefix(rest, "---"); ok {
		rest = strings.TrimLeft(after, yamlSpace)
	}
	for more := true; more; {
		var text string
		text, rest, more = strings.Cut(rest, "\n---")
		if text = strings.TrimRight(text, yamlSpace); text != "" {
			documents = append(documents, strings.TrimSpace(text))
		}
		rest = strings.TrimLeft(rest, yamlSpace)
	}
	return documents
}

// documentKind gives the kind of a document: where it is plain to see, from its
// head, else by decoding it.
func documentKind(document string) (string, error) {
	if kind, ok := plainKind(document); ok {
		return kind, nil
	}
	var head releaseutil.SimpleHead
	if err := yaml.Unmarshal([]byte(document), &head); err != nil {
		return "", err
	}
	return head.Kind, nil
}

// plainHead is how the documents of a chart mostly begin. A name of up to five
// letters might be a null or boolean to YAML.
var plainHead = regexp.MustCompile(`^(?:#.*\n)*(?:apiVersion: [A-Za-z][A-Za-z0-9./]*\n)?kind: ([A-Z][A-Za-z0-9]{5,})(?:\n[A-Za-z]|$)`)

// plainKind gives the kind of a document that begins with [plainHead] and has no
// line at its left edge that might hold another `kind`. A merge key, which Helm
// writes even where it is a user's text, makes a document hard to judge.
func plainKind(document string) (string, bool) {
	head := plainHead.FindStringSubmatchIndex(document)
	if head == nil || strings.Contains(document, "<<") || oddBreaks(document) {
		return "", false
	}
	if !plainEdges(document[head[3]:], "kind") {
		return "", false
	}
	return document[head[2]:head[3]], true
}

// oddBreaks tells whether a text has one of the characters, beside the newline,
// that end a line in YAML 1.1: what follows stands at the left edge.
func oddBreaks(text string) bool {
	return strings.ContainsRune(text, '\r') || strings.ContainsRune(text, '\u0085') ||
		strings.ContainsRune(text, '\u2028') || strings.ContainsRune(text, '\u2029')
}

// plainEdges tells that every line begins as those of a block do, and that none
// is one of the keys.
func plainEdges(text string, keys ...string) bool {
	for ; text != ""; _, text, _ = strings.Cut(text, "\n") {
		edge := text[0]
		letter := 'a' <= edge && edge <= 'z' || 'A' <= edge && edge <= 'Z'
		if !letter && !strings.ContainsRune("\n #-", rune(edge)) {
			return false
		}
		if slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(text, key) }) {
			return false
		}
	}
	return true
}
