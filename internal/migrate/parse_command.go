package migrate

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
)

// commandText is a source of command lines.
type commandText struct {
	flags []*flag
	calls [][]word
	below map[*yaml.Node]*yaml.Node // values by their keys
	setBy map[*yaml.Node]*flag      // by what it sets
}

// word is an argument and its place in the text.
type word struct {
	text       string
	spreads    bool // it is a variable that may hold several
	start, end int
	line       int
	column     int
	flag       *flag // that the word is part of
}

// flag is a --set, of one word or two.
type flag struct {
	line, column int
	leaves       []*yaml.Node // keys of what it sets
}

// readCommand reads the command lines of a text, which is the source's or blank.
func (p *parsed) readCommand(in *input, data []byte) {
	in.command = &commandText{below: map[*yaml.Node]*yaml.Node{}, setBy: map[*yaml.Node]*flag{}}
	text := expressions.ReplaceAllStringFunc(onlyCommands(data), hideExpression.Replace)
	parsed, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), in.Name)
	if err != nil {
		p.notes.hideTokens(text)
		finding := Finding{Outcome: Unread, File: in.Name, Text: "a shell cannot parse this command line: give the settings in it as a file of their own"}
		if at, ok := err.(syntax.ParseError); ok { //nolint:errorlint // the parser gives it bare
			finding.Line, finding.Column = int(at.Pos.Line()), int(at.Pos.Col())
		}
		p.notes.note(finding)
		return
	}
	lines := lineStarts(in.Data)
	applied := map[syntax.Command]bool{} // what kubectl applies their output
	syntax.Walk(parsed, func(node syntax.Node) bool {
		switch node := node.(type) {
		case *syntax.BinaryCmd:
			if node.Op == syntax.Pipe || node.Op == syntax.PipeAll {
				applied[node.X.Cmd] = applied[node] || applies(node.Y.Cmd)
				applied[node.Y.Cmd] = applied[node]
			}
		case *syntax.CallExpr:
			p.readCall(in, text, lines, node, applied[node])
		}
		return true
	})
}

// applies tells a command of kubectl that makes the objects that it is given.
func applies(command syntax.Command) bool {
	call, ok := command.(*syntax.CallExpr)
	return ok && len(call.Args) > 1 && path.Base(call.Args[0].Lit()) == "kubectl" &&
		slices.ContainsFunc(call.Args, func(w *syntax.Word) bool { return slices.Contains([]string{"apply", "create", "replace"}, w.Lit()) })
}

// readCall reads one command, whose output kubectl may apply. Lines of the source that a text has as one count.
func (p *parsed) readCall(in *input, text string, lines []int, call *syntax.CallExpr, applied bool) {
	var words []word
	for _, w := range call.Args {
		start, end := int(w.Pos().Offset()), int(w.End().Offset())
		line, found := slices.BinarySearch(lines, start)
		if !found {
			line--
		}
		words = append(words, word{text: showExpression.Replace(unquoted(w, text)), spreads: maySpread(w), start: start, end: end, line: line + 1, column: start - lines[line] + 1})
	}
	for len(words) > 0 && slices.Contains([]string{"$", "sudo"}, words[0].text) {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	tree, kindName, group := root, "values", ""
	switch path.Base(words[0].text) {
	case "helm":
	case "istioctl":
		kindName, group = "IstioOperator", "install.istio.io"
		tree = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		root.Content = []*yaml.Node{{Kind: yaml.ScalarNode, Value: "spec"}, tree}
	default:
		return
	}
	set := yamlfile.NewSetter(tree, in.command.below)
	release, chart := releaseOf(words)
	of := &document{input: in, root: root, kind: p.kind(kindName, group), below: in.command.below}
	if slices.Contains(istiodCharts, path.Base(chart)) {
		of.release, of.applied = release, applied
	}
	installs := istioctlInstalls(words)
	if installs || slices.Contains(istiodCharts, path.Base(chart)) {
		of.words = words
	}
	for i := 0; i < len(words); i++ {
		name, value, joinedFlag := strings.Cut(words[i].text, "=")
		if name == "-f" || name == "--filename" || name == "--values" {
			of.reads = p.askForFile(in, words, i, value, joinedFlag) || of.reads
			continue
		}
		if kindName == "values" && slices.Contains(reuseFlags, name) {
			of.reads = true
			p.byHand(in, words[i].line, words[i].column, name,
				"what the release has is kept, what is removed from it too: give `helm get values` of it to migrate as a file, and leave this flag out from then on")
			continue
		}
		if words[i].spreads && i > 0 {
			of.spreads = true
			p.byHand(in, words[i].line, words[i].column, words[i].text, "what this variable holds was not read: write its flags into the command, or give what they set as a file")
			continue
		}
		if installs && (name == "-i" || name == "--istioNamespace") {
			if !joinedFlag && i+1 < len(words) {
				value = words[i+1].text
			}
			of.system = value
			continue
		}
		isRevision := installs && (name == "--revision" || name == "-r")
		if !isRevision && !slices.Contains(setFlags, name) {
			continue
		}
		f := &flag{line: words[i].line, column: words[i].column}
		words[i].flag = f
		if !joinedFlag {
			if i+1 == len(words) {
				break
			}
			i++
			value, words[i].flag = words[i].text, f
		}
		set.At(words[i].line, words[i].column)
		if isRevision {
			name, value = "--set-literal", "revision="+value
		}
		p.setBy(in, name, set, value)
		f.leaves = set.Leaves
		in.command.flags = append(in.command.flags, f)
		for _, leaf := range f.leaves {
			in.command.setBy[leaf] = f
		}
		if !isRevision && !slices.Contains(otherCharts, path.Base(chart)) {
			of.flags = append(of.flags, f)
		}
	}
	in.command.calls = append(in.command.calls, words)
	p.add(of)
}

// reuseFlags have Helm keep the values of a release.
var reuseFlags = []string{"--reuse-values", "--reset-then-reuse-values"}

// namedFlags are the names of variables that hold flags.
var namedFlags = regexp.MustCompile(`(?i)(flag|arg|opt|extra|set)s?$`)

// maySpread tells a variable that a shell may make several words of, and that may hold flags: all items of an array, or
// one without quotes whose name says so.
func maySpread(w *syntax.Word) bool {
	parts := w.Parts
	if len(parts) != 1 {
		return false
	}
	double, quoted := parts[0].(*syntax.DblQuoted)
	if quoted && len(double.Parts) == 1 {
		parts = double.Parts
	}
	variable, ok := parts[0].(*syntax.ParamExp)
	if !ok || variable.Param == nil {
		return false
	}
	if index, ok := variable.Index.(*syntax.Word); ok {
		return index.Lit() == "@" || index.Lit() == "*"
	}
	return variable.Param.Value == "@" || !quoted && namedFlags.MatchString(variable.Param.Value)
}

// valueFlags are those of Helm with a value in the next word.
var valueFlags = append([]string{"-n", "--namespace", "-f", "--values", "--version", "--timeout", "--repo", "--kube-context", "--kubeconfig", "--name"}, setFlags...)

// otherCharts are those of Istio that install no istiod.
var otherCharts = []string{"base", "gateway", "cni", "ztunnel", "istio-init", "istio-cni", "istio-ingress", "istio-egress"}

// istiodCharts are those of istiod: that of its folder in an archive of Istio, and that up to 1.5, too.
var istiodCharts = []string{"istiod", "istio-discovery", "istio"}

// releaseOf gives the names of the release and the chart that a command of Helm installs, upgrades or renders; empty
// where that is not told.
func releaseOf(words []word) (release, chart string) {
	if path.Base(words[0].text) != "helm" || len(words) < 2 || !slices.Contains([]string{"upgrade", "install", "template"}, words[1].text) {
		return "", ""
	}
	var names []string
	for i := 2; i < len(words); i++ {
		switch text := words[i].text; {
		case slices.Contains(valueFlags, text):
			i++
		case !strings.HasPrefix(text, "-"):
			names = append(names, text)
		}
	}
	switch len(names) {
	case 0:
		return "", ""
	case 1:
		return "", names[0]
	}
	return names[0], names[1]
}

// istioctlInstalls tells a command of istioctl that installs Istio: others have a flag
// that names a revision, too, and do not set it.
func istioctlInstalls(words []word) bool {
	return path.Base(words[0].text) == "istioctl" && len(words) > 1 && slices.Contains([]string{"install", "manifest", "upgrade"}, words[1].text)
}

// askForFile asks for a file that the command names, where it was not given, and tells whether it does.
func (p *parsed) askForFile(in *input, words []word, i int, value string, joinedFlag bool) bool {
	if !joinedFlag && i+1 < len(words) {
		value = words[i+1].text
	}
	if p.given[path.Base(value)] {
		return false
	}
	why := "the command reads a file of its own: give that to migrate too"
	if value == "-" || value == "/dev/stdin" {
		why = "the command reads settings from its input, such as the lines below it: give these to migrate as a file of their own"
	}
	p.byHand(in, words[i].line, words[i].column, "-f", why)
	return true
}

// byHand says what is to be done by hand about a place of a command.
func (p *parsed) byHand(in *input, line, column int, path, text string) {
	p.notes.note(Finding{Outcome: ByHand, File: in.Name, Line: line, Column: column, Path: path, Text: text})
}

// unquoted gives what a shell makes of a word; variables stay as written.
func unquoted(w *syntax.Word, source string) string {
	var out strings.Builder
	var parts func([]syntax.WordPart)
	parts = func(list []syntax.WordPart) {
		for _, part := range list {
			switch part := part.(type) {
			case *syntax.Lit:
				out.WriteString(strings.ReplaceAll(strings.ReplaceAll(part.Value, "\\\n", ""), `\`, ""))
			case *syntax.SglQuoted:
				out.WriteString(part.Value)
			case *syntax.DblQuoted:
				parts(part.Parts)
			default:
				out.WriteString(source[part.Pos().Offset():part.End().Offset()])
			}
		}
	}
	parts(w.Parts)
	return out.String()
}
