package migrate

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/leftover"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// hasSettings finds settings of tracing, and the keys of what holds them.
var hasSettings = regexp.MustCompile(`istio\.io/(?:v\d|[-\w.]+["']?\s*:)|(?m)^\s*(?:- )?(?:exporters|extension_?[pP]roviders|default_?[pP]roviders|defaultConfig|meshConfig|tracer|tracing|pilot)\s*:`)

// commandsIn gives the text of a file of YAML that has nothing for migrate but commands,
// such as a workflow of GitHub, and blanks for all that is none; nil for any other file.
func commandsIn(file *yamlfile.File, in *input) []byte {
	if file == nil || in.Live || !in.mayHaveCommands {
		return nil
	}
	lines := lineStarts(in.Data)
	text, rest := blanked(in.Data), slices.Clone(in.Data)
	found, sets := false, false
	for _, root := range file.Roots {
		for s := range yamltree.All(root) {
			if !isCommand(s.Value) {
				continue
			}
			start, end := textOf(in.Data, lines, s.Value)
			if start == end {
				return nil
			}
			found = true
			sets = sets || commandSetsTracing(s.Value.Value)
			copy(text[start:end], in.Data[start:end])
			copy(rest[start:end], blanked(in.Data[start:end]))
			if s.Value.Style&yaml.LiteralStyle == 0 { // its lines are one
				copy(text[start:end], bytes.ReplaceAll(text[start:end], []byte("\n"), []byte(" ")))
				if end < len(text) && text[end] == ' ' {
					text[end] = ';' // another may stand in the same line
				}
			}
		}
	}
	if !found || hasSettings.Match(rest) || !sets && isObject.Match(rest) && mentionsLightStep(string(rest)) {
		return nil
	}
	return text
}

// isObject finds objects of Kubernetes.
var isObject = regexp.MustCompile(`(?m)^\s*["']?apiVersion["']?\s*:`)

// expressions are those of GitHub's workflows, Terraform and Groovy, which are filled in before a shell reads them.
var expressions = regexp.MustCompile(`\$\{\{[^\n]*?\}\}|\$\{[A-Za-z_]\w*\.[^{}"\n]*\}`)

// A shell reads an expression as a part of a word, by bytes that no text has.
var hideExpression, showExpression = expressionBytes()

func expressionBytes() (hide, show *strings.Replacer) {
	var to, from []string
	for i, b := range strings.Split("$ {}|&'\"()<>;\\`", "") {
		hidden := string(rune(0x0e + i))
		to, from = append(to, b, hidden), append(from, hidden, b)
	}
	return strings.NewReplacer(to...), strings.NewReplacer(from...)
}

// mayHaveCommands tells most files at a glance. It looks at all of a file: once for each.
func mayHaveCommands(data []byte) bool {
	return mayName(data) && (bytes.Contains(data, []byte("--set")) || installsIstiod.Match(data))
}

// isCommand tells a text with a command that has to do with LightStep, or that installs istiod.
func isCommand(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && onlyCommands([]byte(node.Value)).lookLikeCommands([]byte(node.Value)) &&
		(commandSetsTracing(node.Value) || installsIstiod.MatchString(node.Value))
}

// commandSetsTracing tells a command that sets something about LightStep.
func commandSetsTracing(text string) bool {
	return strings.Contains(text, "--set") && (aboutTracing(text) || strings.Contains(text, "raceSampling"))
}

// blanked gives a text of spaces, with the same lines.
func blanked(data []byte) []byte {
	blank := bytes.Repeat([]byte(" "), len(data))
	for i, b := range data {
		if b == '\n' {
			blank[i] = b
		}
	}
	return blank
}

// textOf gives where the text of a scalar stands in a file, without quotes; nothing where
// the file has it in another form, such as with escapes.
func textOf(data []byte, lines []int, node *yaml.Node) (start, end int) {
	block := node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if node.Line < 1 || node.Line > len(lines) || block && node.Line == len(lines) {
		return 0, 0
	}
	start = lines[node.Line-1] + node.Column - 1
	if block {
		start = lines[node.Line]
	} else if node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		start++
	}
	end = start
	for _, word := range strings.Fields(node.Value) {
		for end < len(data) && strings.IndexByte(" \t\r\n", data[end]) >= 0 {
			end++
		}
		if !bytes.HasPrefix(data[min(end, len(data)):], []byte(word)) {
			return 0, 0
		}
		end += len(word)
	}
	if node.Style&yaml.FoldedStyle != 0 && strings.Contains(strings.TrimSpace(node.Value), "\n") {
		return 0, 0 // of several lines, which are several commands
	}
	return start, end
}

// tellCommands names commands that nothing is taken from, as they stand among other
// settings, or as a list of arguments.
func (p *parsed) tellCommands(d *document) {
	if d.depth > 0 || d.Live || !d.mayHaveCommands {
		return
	}
	for s := range yamltree.All(d.root) {
		why, outcome := "", Unread
		switch {
		case s.Key == nil:
		case isCommand(s.Value):
			why = "this is a command of istioctl or Helm"
			if !commandSetsTracing(s.Value.Value) {
				outcome = ByHand
			}
		case isArguments(s.Value):
			why = "these are arguments of istioctl or Helm"
		}
		if why == "" {
			continue
		}
		eachScalar(s.Value, func(n *yaml.Node) { p.notes.hideTokens(n.Value) })
		p.notes.tell(d, outcome, s, "", why+", and nothing is taken from here: give the command, with its flags, in --command")
	}
}

// isArguments tells a list of arguments that sets something about LightStep.
func isArguments(list *yaml.Node) bool {
	set, about := false, false
	for _, item := range yamltree.Items(list) {
		name, _, _ := strings.Cut(yamltree.Text(item), "=")
		set = set || slices.Contains(setFlags, name)
		about = about || aboutTracing(yamltree.Text(item))
	}
	return set && about
}

// tellRelease names what Helm keeps of a release, where its values mention LightStep.
func (p *parsed) tellRelease(d *document) {
	if !d.is("Secret") || textAt(d.root, "type") != leftover.ReleaseType {
		return
	}
	data, err := json.Marshal(yamltree.Value(d.root))
	if err != nil {
		return // it is no object of Kubernetes
	}
	name, namespace, mentions, err := leftover.InRelease(data)
	if err == nil && !mentions {
		return
	}
	if err != nil {
		name, namespace = "NAME", textAt(d.root, "metadata.namespace")
	}
	p.notes.tell(d, Unread, d.whole("data.release"), "",
		"this is Helm's record of a release: give its values, which `helm get values "+asName(name)+" -n "+asName(namespace)+" -o yaml` prints")
}
