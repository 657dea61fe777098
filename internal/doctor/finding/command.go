package finding

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// Command is a command line that is safe to paste, or the reason why there is
// none. Only [NewCommand] makes one: names of objects are chosen by whoever may
// create objects, so no other place puts them into a command.
type Command struct {
	line    string
	refused string
}

// String is the command line; "" where there is none.
func (c Command) String() string { return c.line }

// Text is the command line, or the reason why there is none.
func (c Command) Text() string {
	if c.refused != "" {
		return c.refused
	}
	return c.line
}

// And joins commands that run one after the other, each only if the one
// before succeeded.
func (c Command) And(next Command) Command {
	switch {
	case c.refused != "":
		return c
	case next.refused != "":
		return next
	case c.line == "" || next.line == "":
		return Command{line: c.line + next.line}
	}
	return Command{line: c.line + " && " + next.line}
}

// Advise gives a sentence of ours in the place of a command that nobody should
// run.
func Advise(sentence string) Command { return Command{refused: sentence} }

// JSON is a fact that is a JSON value, for a patch.
type JSON string

// NewJSON encodes a value.
func NewJSON(value any) JSON {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "" // refused by NewCommand
	}
	return JSON(encoded)
}

// noCommand ends the sentence that stands in the place of a command.
const noCommand = ", so no command is printed: check the object before you change anything"

// NewCommand fills facts into the template of a command line. The template is
// a constant: words, those with special characters between single quotes, and
// the operators | && >. A {fact} is part of a word, and stays in it: each word
// is quoted as one word of a POSIX shell. In a word that is JSON, facts are
// escaped for it. A [Command] stands in the place of a whole word. A fact that
// is not valid for what its name says gives a Command that is refused.
func NewCommand(template string, facts Facts) Command {
	var line []string
	for _, t := range tokens(template) {
		if name, whole := strings.CutPrefix(t.text, "{"); whole && !t.operator {
			if inner, ok := facts[strings.TrimSuffix(name, "}")].(Command); ok {
				if inner.refused != "" {
					return inner
				}
				if inner.line != "" {
					line = append(line, inner.line)
				}
				continue
			}
		}
		if t.operator {
			line = append(line, t.text)
			continue
		}
		word, refused := fillWord(t.text, facts)
		if refused != "" {
			return Command{refused: refused}
		}
		line = append(line, Quote(word))
	}
	return Command{line: strings.ReplaceAll(strings.Join(line, " "), "> ", ">")}
}

var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// Quote writes a text as one word of a POSIX shell.
func Quote(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// fillWord fills facts into one word, or says why not.
func fillWord(word string, facts Facts) (filled, refused string) {
	isJSON := strings.HasPrefix(word, "[") || strings.HasPrefix(word, `{"`)
	filled = placeholder.ReplaceAllStringFunc(word, func(at string) string {
		name := strings.Trim(at, "{}")
		fact, given := facts[name]
		if raw, ok := fact.(JSON); ok && isJSON {
			return string(raw)
		}
		text := fmt.Sprint(fact)
		if why := refusal(name, text); !given || why != "" {
			if refused == "" {
				refused = why
			}
			if !given {
				refused = "fact " + name + " is missing" + noCommand
			}
			return ""
		}
		if isJSON {
			return escapeJSON(text)
		}
		return text
	})
	if refused == "" && isJSON && !json.Valid([]byte(filled)) {
		refused = "the patch is not valid JSON" + noCommand
	}
	if refused == "" && terminal.Safe(filled) != filled {
		refused = "it contains non-printable characters" + noCommand
	}
	return filled, refused
}

func escapeJSON(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		return ""
	}
	return strings.Trim(string(encoded), `"`)
}

// wholeCommands are the facts of a catalogue's templates that are a [Command].
var wholeCommands = []string{"restore", "create", "patch", "command", "test", "template", "removals", "remove", "url"}

// checkTemplate finds facts in a template that nothing checks.
func checkTemplate(template string) error {
	for _, t := range tokens(template) {
		for _, at := range placeholder.FindAllString(t.text, -1) {
			name := strings.Trim(at, "{}")
			if _, checked := validators[name]; !checked && (at != t.text || !slices.Contains(wholeCommands, name)) {
				return fmt.Errorf("nothing says what {%s} may be in a command", name)
			}
		}
	}
	return nil
}

// token is a word of a template, its quotes taken away, or an operator.
type token struct {
	text     string
	operator bool
}

// tokens takes a template apart as a shell would.
func tokens(template string) []token {
	var all []token
	var word strings.Builder
	quoted, begun := false, false
	end := func() {
		if begun {
			all = append(all, token{text: word.String()})
		}
		word.Reset()
		begun = false
	}
	for i := 0; i < len(template); i++ {
		c := template[i]
		switch {
		case c == '\'':
			quoted, begun = !quoted, true
		case quoted:
			word.WriteByte(c)
		case c == ' ':
			end()
		case c == '|' || c == '>':
			end()
			all = append(all, token{string(c), true})
		case c == '&' && strings.HasPrefix(template[i:], "&&"):
			end()
			all = append(all, token{"&&", true})
			i++
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	end()
	return all
}

// Facts fill in what a kind's texts leave open. A fact is a text, which may be
// of anybody's making, a [Command] or [JSON].
type Facts map[string]any

// longest is how many characters of a fact a sentence takes.
const longest = 500

// said is a fact as a sentence has it: on one line, safe for a terminal, and
// not without end.
func said(fact any) string {
	text := fmt.Sprint(fact)
	if len(text) > longest {
		if runes := []rune(text); len(runes) > longest {
			text = string(runes[:longest]) + "…"
		}
	}
	return terminal.Safe(text)
}

// ValidName says whether Kubernetes takes a text for the name of an object.
func ValidName(text string) bool { return len(validation.IsDNS1123Subdomain(text)) == 0 }

// ValidNamespace says whether Kubernetes takes a text for the name of a
// namespace.
func ValidNamespace(text string) bool { return len(validation.IsDNS1123Label(text)) == 0 }

// validators say why a fact cannot stand in a command, by its name; "" is that
// it can. A fact that is not here stands in none.
var validators = map[string]func(string) string{
	"name": nameOf("its name"), "secret": nameOf("the Secret's name"), "configMap": nameOf("the ConfigMap's name"),
	"istiod": nameOf("the name of istiod's Deployment"), "pod": nameOf("the pod's name"), "claim": nameOf("the claim's name"),
	"quota": nameOf("the quota's name"), "release": nameOf("the release's name"), "good": nameOf("the Secret's name"),
	"namespace": namespaceOf, "root": namespaceOf, "releaseNamespace": namespaceOf, "goodNamespace": namespaceOf,
	"workload": restartable, "object": kindAndName,
	"kind": matching(`[a-z]{1,63}`, "its kind"), "field": matching(`[a-z]+[A-Za-z]*`, "the field"),
	"provider": matching(`[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?`, "the provider's name"),
	"template": matching(`[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?`, "the template's name"),
	"tracer":   matching(`[A-Za-z]+`, "the tracer's name"),
	"running":  matching(`[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, "the revision"),
	"revision": matching(`[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, "the revision"),
	"label":    matching(`[a-z0-9][a-z0-9./-]*(=[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?|-)`, "the label"),
	"selector": matching(`[A-Za-z0-9][A-Za-z0-9._/=,-]*`, "the selector"),
	"key":      matching(`[A-Za-z0-9_][A-Za-z0-9._-]{0,252}`, "the key"),
	"env":      matching(`[A-Za-z_][A-Za-z0-9_]*`, "the variable's name"),
	"index":    number, "port": number, "more": number,
	"version": matching(`[0-9]+\.[0-9]+`, "the version"),
	"size":    matching(`[0-9]+[A-Za-z]*`, "the size"),
	"path":    matching(`/[A-Za-z0-9/._~-]*`, "the path"),
	"host":    matching(`([A-Za-z0-9*][A-Za-z0-9.-]*/)?[A-Za-z0-9*][A-Za-z0-9.:-]*`, "the host's name"),
	"sni":     matching(`[A-Za-z0-9*][A-Za-z0-9.-]*`, "the host's name"),
	"service": matching(`([A-Za-z0-9*][A-Za-z0-9.-]*/)?[A-Za-z0-9*][A-Za-z0-9.:-]*`, "the host's name"),
	"url":     matching(`https?://.+`, "the URL"), // of the command line
	"value":   func(string) string { return "the value is not JSON" + noCommand },
}

// refusal says why a fact cannot stand in a command.
func refusal(name, text string) string {
	validate, known := validators[name]
	if !known {
		return "a command cannot contain fact " + name + noCommand
	}
	return validate(text)
}

func invalid(what string) string { return what + " is not valid in Kubernetes" + noCommand }

func nameOf(what string) func(string) string {
	return func(text string) string {
		if !ValidName(text) {
			return invalid(what)
		}
		return ""
	}
}

func namespaceOf(text string) string {
	if !ValidNamespace(text) {
		return invalid("its namespace")
	}
	return ""
}

func matching(pattern, what string) func(string) string {
	whole := regexp.MustCompile(`\A(?:` + pattern + `)\z`)
	return func(text string) string {
		if !whole.MatchString(text) {
			return what + " is not valid" + noCommand
		}
		return ""
	}
}

var (
	number      = matching(`[0-9]{1,9}`, "the number")
	kindPattern = regexp.MustCompile(`\A[a-z][a-z0-9]{0,62}\z`)
)

// kindAndName takes kind/name, the kind in small letters.
func kindAndName(text string) string {
	kind, name, _ := strings.Cut(text, "/")
	if !kindPattern.MatchString(kind) || !ValidName(name) {
		return invalid("the name or kind of its owner")
	}
	return ""
}

// restartable takes the workloads that kubectl restarts, and whose template of
// pods it can patch.
func restartable(text string) string {
	if why := kindAndName(text); why != "" {
		return why
	}
	kind, _, _ := strings.Cut(text, "/")
	if !slices.Contains([]string{"deployment", "statefulset", "daemonset"}, kind) {
		return "kubectl does this for a Deployment, a StatefulSet or a DaemonSet, not for a " + kind + ": use the tool that manages it"
	}
	return ""
}
