package migrate

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
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

// readCommand reads command lines of a source.
func (p *parsed) readCommand(in *input, of commandLines) {
	in.command = &commandText{below: map[*yaml.Node]*yaml.Node{}, setBy: map[*yaml.Node]*flag{}}
	text := of.text
	lines, environment := lineStarts(in.Data), environmentOf(in.Data)
	parser := syntax.NewParser(syntax.Variant(syntax.LangBash))
	for _, b := range of.blocks {
		statements, err := statementsOf(parser, text[b.start:b.end], b.within)
		if err != nil {
			p.notes.hideTokens(text[b.start:b.end])
			finding := Finding{Outcome: Unread, File: in.Name, Text: "a shell cannot parse this command line: give the settings in it as a file of their own"}
			if at, ok := err.(syntax.ParseError); ok { //nolint:errorlint // the parser gives it bare
				finding.Line, finding.Column = int(at.Pos.Line())+b.line-1, int(at.Pos.Col())
			}
			p.notes.note(finding)
			continue
		}
		applied := map[syntax.Command]bool{} // what kubectl applies their output
		for _, statement := range statements {
			syntax.Walk(statement, func(node syntax.Node) bool {
				switch node := node.(type) {
				case *syntax.BinaryCmd:
					if node.Op == syntax.Pipe || node.Op == syntax.PipeAll {
						applied[node.X.Cmd] = applied[node] || applies(node.Y.Cmd)
						applied[node.Y.Cmd] = applied[node]
					}
				case *syntax.CallExpr:
					own := assignmentsOf(node, text[b.start:b.end])
					if start := b.start + int(node.Pos().Offset()); strings.TrimSpace(text[b.start:start]) == "" {
						own = append(assignedBefore(in.Data, start), own...)
					}
					p.readCall(in, text[b.start:b.end], b.start, lines, node, applied[node], func(tool string) []string {
						return environment.flagsOfEnvironment(tool, own, b.start+int(node.Pos().Offset()))
					})
				}
				return true
			})
		}
	}
}

// closes finds what ends the command that a command stands within.
var closes = regexp.MustCompile(`^(?:[)}]|(?:then|do|done|fi|else)\b)`)

// statementsOf parses commands. One within another may have the end of that after it.
func statementsOf(parser *syntax.Parser, text string, within bool) (all []*syntax.Stmt, err error) {
	for {
		all, err = nil, nil
		for statement, failed := range parser.StmtsSeq(strings.NewReader(text)) {
			if err = failed; err == nil {
				all = append(all, statement)
			}
		}
		at, ok := err.(syntax.ParseError) //nolint:errorlint // the parser gives it bare
		if !ok || !within || int(at.Pos.Offset()) >= len(text) || !closes.MatchString(text[at.Pos.Offset():]) {
			return all, err
		}
		text = text[:at.Pos.Offset()]
	}
}

// applies tells a command of kubectl that makes the objects that it is given.
func applies(command syntax.Command) bool {
	call, ok := command.(*syntax.CallExpr)
	return ok && len(call.Args) > 1 && path.Base(call.Args[0].Lit()) == "kubectl" &&
		slices.ContainsFunc(call.Args, func(w *syntax.Word) bool { return slices.Contains([]string{"apply", "create", "replace"}, w.Lit()) })
}

// readCall reads one command of a text that begins at a place of the source, whose output kubectl may apply, and which
// environment gives it some flags. Lines of the source that a text has as one count.
func (p *parsed) readCall(in *input, text string, from int, lines []int, call *syntax.CallExpr, applied bool, environment func(tool string) []string) {
	var words []word
	for _, w := range call.Args {
		start, end := from+int(w.Pos().Offset()), from+int(w.End().Offset())
		line, found := slices.BinarySearch(lines, start)
		if !found {
			line--
		}
		content := showExpression.Replace(unquoted(w, text))
		words = append(words, word{text: content, spreads: maySpread(w) || expressionOfFlags.MatchString(content), start: start, end: end, line: line + 1, column: start - lines[line] + 1})
	}
	for len(words) > 0 && slices.Contains([]string{"$", "sudo"}, words[0].text) {
		words = words[1:]
	}
	if len(words) == 0 {
		return
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	tree, kindName, group := root, "values", ""
	switch toolOf(words) {
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
	if slices.Contains(istiodCharts, chart) {
		of.release, of.applied = release, applied
	}
	installs := istioctlInstalls(words)
	if installs || slices.Contains(istiodCharts, chart) {
		of.words = words
	} else if !sets(words) {
		return // it is about something else
	}
	for _, text := range environment(toolOf(words)) {
		p.choosesPlace(of, kindName, []word{{text: text, line: words[0].line, column: words[0].column}}, 0)
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
		if p.choosesPlace(of, kindName, words, i) {
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
		if !isRevision && !slices.Contains(otherCharts, chart) {
			of.flags = append(of.flags, f)
		}
	}
	in.command.calls = append(in.command.calls, words)
	p.add(of)
}

// choosesPlace takes note of a flag that says where a command installs istiod.
func (p *parsed) choosesPlace(of *document, kindName string, words []word, i int) bool {
	name, value := flagAt(words, i)
	w := words[i]
	if kindName != "values" && name == "-c" {
		name = "--kubeconfig"
	}
	switch {
	case of.cluster.takes(name, value):
		return true
	case len(of.words) == 0:
		return false // a chart that may have istiod below it
	case kindName != "values" && (name == "-i" || name == "--istioNamespace"):
		of.system = value
		if properName.MatchString(value) {
			return true
		}
	case kindName == "values" && (name == "-n" || name == "--namespace"):
	default:
		return false
	}
	key := &yaml.Node{Kind: yaml.ScalarNode, Value: name, Line: w.line, Column: w.column}
	of.into = &namespace{flag: site{Key: key, Value: of.root, Steps: yamltree.Path{yamltree.Key(key)}}}
	if properName.MatchString(value) {
		of.into.name = value
	}
	if value == defaults["istio.namespace"] {
		of.into = nil
	}
	return true
}

// reuseFlags have Helm keep the values of a release.
var reuseFlags = []string{"--reuse-values", "--reset-then-reuse-values"}

// expressionOfFlags is one of GitHub's, Terraform's or Groovy's, whose name says that it holds flags.
var expressionOfFlags = regexp.MustCompile(`(?i)^\$\{(?:\{[^{}]*|\w+\.[^{}]*)(?:flag|arg|opt|extra|set)s?\s*\}?\}$`)

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
	if made, ok := parts[0].(*syntax.CmdSubst); ok {
		return !quoted && namedFlags.MatchString(nameInMake(made))
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

// nameInMake gives the name of the variable that make takes for what a shell takes for a command; "" for another one.
func nameInMake(made *syntax.CmdSubst) string {
	if made.Backquotes || len(made.Stmts) != 1 {
		return ""
	}
	if call, ok := made.Stmts[0].Cmd.(*syntax.CallExpr); ok && len(call.Args) == 1 {
		return call.Args[0].Lit()
	}
	return ""
}

// valueFlags are those of Helm and istioctl with a value in the next word.
var valueFlags = append([]string{
	"-n", "--namespace", "-f", "--values", "--version", "--timeout", "--repo", "--kube-context", "--kubeconfig", "--name",
	"--filename", "--context", "-c", "-i", "--istioNamespace", "-r", "--revision", "-d", "--manifests", "--readiness-timeout", "--vklog",
	"--kube-apiserver", "--kube-token", "--kube-as-user", "--kube-as-group", "--kube-ca-file", "--kube-tls-server-name", "--history-max", "--description",
	"--ca-file", "--cert-file", "--key-file", "--keyring", "--username", "--password", "--labels", "-l", "--output", "-o", "--output-dir", "--show-only",
	"--api-versions", "-a", "--kube-version", "--name-template", "--post-renderer", "--registry-config", "--repository-cache", "--repository-config",
}, setFlags...)

// otherCharts are those of Istio that install no istiod.
var otherCharts = []string{"base", "gateway", "cni", "ztunnel", "istio-init", "istio-cni", "istio-ingress", "istio-egress"}

// istiodCharts are those of istiod: that of its folder in an archive of Istio, and that up to 1.5, too.
var istiodCharts = []string{"istiod", "istio-discovery", "istio"}

// chartArchive is what follows the name of a chart in that of its archive.
var chartArchive = regexp.MustCompile(`-v?(\d+\.\d+(?:\.\d+)?)[-+.\w]*\.tgz$`)

// releaseOf gives the names of the release and the chart that a command of Helm installs, upgrades or renders; empty
// where that is not told.
func releaseOf(words []word) (release, chart string) {
	names := namesOf(words)
	if toolOf(words) != "helm" || len(names) < 2 || !slices.Contains([]string{"upgrade", "install", "template"}, names[0]) {
		return "", ""
	}
	if chart = names[1]; len(names) > 2 {
		release, chart = names[1], names[2]
	}
	return release, chartArchive.ReplaceAllString(path.Base(chart), "")
}

// namesOf gives the words after the first that are no flags, nor the value of one.
func namesOf(words []word) (names []string) {
	for i := 1; i < len(words); i++ {
		switch text := words[i].text; {
		case slices.Contains(valueFlags, text):
			i++
		case !strings.HasPrefix(text, "-"):
			names = append(names, text)
		}
	}
	return names
}

// sets tells a command with a flag that sets values.
func sets(words []word) bool {
	return slices.ContainsFunc(words, func(w word) bool {
		name, _, _ := strings.Cut(w.text, "=")
		return slices.Contains(setFlags, name)
	})
}

// tools are the names of programs.
var tools = regexp.MustCompile(`^(?:` + toolName + `)$`)

// toolOf tells which program a command is of: istioctl, helm or none of them.
func toolOf(words []word) string {
	if name := path.Base(words[0].text); tools.MatchString(name) {
		for _, tool := range []string{"istioctl", "helm"} {
			if strings.Contains(strings.ToLower(name), tool) {
				return tool
			}
		}
	}
	return ""
}

// istioctlInstalls tells a command of istioctl that installs Istio: others have a flag
// that names a revision, too, and do not set it.
func istioctlInstalls(words []word) bool {
	names := namesOf(words)
	return toolOf(words) == "istioctl" && len(names) > 0 && slices.Contains([]string{"install", "manifest", "upgrade"}, names[0])
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
