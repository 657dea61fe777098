package finding

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

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
