package migrate

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// cluster is what a command says of the cluster that it is for.
type cluster struct {
	kubeconfig string   // as a word of a shell
	asks       bool     // there is one, and the text does not tell which
	context    string   // with the flag
	others     []string // the names of flags and variables that choose it besides: what these hold may be a secret
}

// Flags of Helm and of istioctl that choose the cluster.
var (
	contextFlags = []string{"--kube-context", "--context"}
	serverFlags  = []string{"--kube-apiserver", "--kube-token", "--kube-as-user", "--kube-as-group", "--kube-ca-file"}
)

// clusterVariables are those of the environment by which a command gets what it needs no flag for, by its tool.
//
//nolint:gosec // names of variables and flags, no values
var clusterVariables = map[string]map[string]string{
	"helm": {
		"KUBECONFIG": "--kubeconfig", "HELM_KUBECONTEXT": "--kube-context", "HELM_NAMESPACE": "--namespace", "HELM_KUBEAPISERVER": "--kube-apiserver",
		"HELM_KUBETOKEN": "--kube-token", "HELM_KUBEASUSER": "--kube-as-user", "HELM_KUBEASGROUPS": "--kube-as-group", "HELM_KUBECAFILE": "--kube-ca-file",
	},
	"istioctl": {"KUBECONFIG": "--kubeconfig", "ISTIOCTL_ISTIONAMESPACE": "--istioNamespace"},
}

const (
	clusterVariable = `(KUBECONFIG|HELM_KUBE[A-Z]+|HELM_NAMESPACE|ISTIOCTL_ISTIONAMESPACE)`
	shellWord       = `((?:"[^"\n]*"|'[^'\n]*'|\$\([^()\n]*\)|\$\{[^{}\n]*\}|[^\s;&|"'])*)`
)

var (
	// assigned is a variable of one command, among the words before it.
	assigned = regexp.MustCompile(`(?:^|[ \t])` + clusterVariable + `=` + shellWord)
	// exported is a variable of all commands below it, in a shell, make, Groovy or YAML.
	exported = regexp.MustCompile(`(?m)(?:^(?:[ \t]*-[ \t]+)?(?:[ \t]*\w+:[ \t]+)?|[;&|({])[ \t]*(?:export[ \t]+(?:\w+=\S*[ \t]+)*)?` + clusterVariable + `(?:[ \t]*[:?]?=[ \t]*|:[ \t]+)` + shellWord + `[ \t]*\\?(?:$|\r|[;#)}]|&&)`)
	// kubeconfigAnyhow is one that a text sets or uses, in any form.
	kubeconfigAnyhow = regexp.MustCompile(`\$[({]?(?:env[.:])?KUBECONFIG\b|\bKUBECONFIG["']?[ \t]*[:?+]?[=:]`)
	// runsElsewhere is what runs a command with an environment of its own.
	runsElsewhere = regexp.MustCompile(`^[ \t]*[@+-]*(?:sudo[ \t]+)?(?:docker|podman|nerdctl|kubectl|oc|ssh|vagrant)[ \t]`)
)

// assignment is a variable, as a text has it, and where.
type assignment struct {
	name, value string
	at          int
}

// environment is what a text sets for its commands, as they are read.
type environment struct {
	exports []assignment
	is      map[string]string // by name; "" where several apply
	anyhow  bool              // it has a kubeconfig
}

// environmentOf finds what a text sets. Comments are left out.
func environmentOf(data []byte) *environment {
	e := &environment{is: map[string]string{}}
	if !bytes.Contains(data, []byte("KUBECONFIG")) && !bytes.Contains(data, []byte("HELM_")) && !bytes.Contains(data, []byte("ISTIOCTL_")) {
		return e
	}
	at := 0
	for line := range bytes.Lines(data) {
		text := string(line)
		if i := comment.FindStringIndex(text); i != nil {
			text = text[:i[0]]
		}
		for _, m := range exported.FindAllStringSubmatchIndex(text, -1) {
			is := assignment{text[m[2]:m[3]], unwrapped(text[m[4]:m[5]]), at + m[0]}
			if is.name == "KUBECONFIG" && text[m[3]] == ':' && text[m[3]+1] != '=' {
				continue // that of a pipeline, somewhere else
			}
			e.exports = append(e.exports, is)
		}
		e.anyhow = e.anyhow || kubeconfigAnyhow.MatchString(text)
		at += len(line)
	}
	return e
}

// until takes what is set before a place, to which the next ones are behind.
func (e *environment) until(at int) map[string]string {
	for len(e.exports) > 0 && e.exports[0].at < at {
		next := e.exports[0]
		if is, found := e.is[next.name]; found && is != next.value {
			next.value = ""
		}
		e.is[next.name], e.exports = next.value, e.exports[1:]
	}
	return e.is
}

// unwrapped gives a word without the quotes around it.
func unwrapped(word string) string {
	if n := len(word); n > 1 && strings.ContainsAny(word[:1], `"'`) && word[n-1] == word[0] {
		return word[1 : n-1]
	}
	return word
}

// assignedBefore gives the variables that stand before a command in its line, or in those that go on in it.
func assignedBefore(data []byte, start int) (all []assignment) {
	from := bytes.LastIndexByte(data[:start], '\n') + 1
	for from > 1 && data[from-2] == '\\' {
		from = bytes.LastIndexByte(data[:from-1], '\n') + 1
	}
	before := strings.ReplaceAll(string(data[from:start]), "\\\n", "  ")
	if open := opensQuote.FindStringSubmatch(before); open != nil {
		before = open[2]
	}
	masked := oneWord.ReplaceAllStringFunc(before, func(word string) string { return strings.Repeat("_", len(word)) })
	if at := operators.FindAllStringIndex(masked, -1); len(at) > 0 {
		before = before[at[len(at)-1][1]:]
	}
	if runsElsewhere.MatchString(before) {
		return nil
	}
	for _, m := range assigned.FindAllStringSubmatch(before, -1) {
		all = append(all, assignment{name: m[1], value: unwrapped(m[2])})
	}
	return all
}

// flagsOfEnvironment gives, as flags, what variables tell a command of a tool: those of the command itself, or else
// those that were set before it.
func (e *environment) flagsOfEnvironment(tool string, own []assignment, at int) (flags []string) {
	is := maps.Clone(e.until(at))
	for _, a := range own {
		is[a.name] = a.value
	}
	if _, found := is["KUBECONFIG"]; !found && e.anyhow {
		is["KUBECONFIG"] = ""
	}
	for name, flag := range clusterVariables[tool] {
		value, found := is[name]
		switch {
		case !found:
		case slices.Contains(serverFlags, flag):
			flags = append(flags, name)
		default:
			flags = append(flags, flag+"="+value)
		}
	}
	slices.Sort(flags)
	return flags
}

// assignmentsOf gives the variables of one command that a shell's parser found.
func assignmentsOf(call *syntax.CallExpr, text string) (all []assignment) {
	for _, a := range call.Assigns {
		if a.Name != nil && a.Value != nil {
			all = append(all, assignment{name: a.Name.Value, value: unquoted(a.Value, text)})
		}
	}
	return all
}

// takes takes note of a flag, or a variable, that chooses the cluster.
func (c *cluster) takes(name, value string) bool {
	switch {
	case name == "--kubeconfig":
		c.kubeconfig = kubeconfigWord(value)
		c.asks = c.kubeconfig == ""
	case slices.Contains(contextFlags, name):
		c.context = name + " " + value
	case slices.Contains(serverFlags, name), strings.HasPrefix(name, "HELM_KUBE"):
		c.others = append(c.others, name)
	default:
		return false
	}
	return true
}

// Paths that are what they say, in the home folder or not.
var (
	plainPath = regexp.MustCompile(`^(~/|\$HOME/|\$\{HOME\}/)?([-\w./@:+%=, ]*[-\w.])$`)
	noPath    = regexp.MustCompile(`^[^/.]{24,}$`)
)

// kubeconfigWord gives a path as a word of a shell; "" where it is none that everybody reads alike, such as a variable's. What
// looks like no path may be a secret.
func kubeconfigWord(path string) string {
	m := plainPath.FindStringSubmatch(path)
	switch {
	case m == nil, noPath.MatchString(path):
		return ""
	case m[1] != "":
		return `"$HOME"/` + quoted(m[2])
	default:
		return quoted(path)
	}
}
