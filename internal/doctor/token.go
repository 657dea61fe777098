package doctor

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// token checks the tokens on their way from the Secrets to who sends them.
func (e *examination) token(p *plane) {
	if !e.known(p) {
		return
	}
	e.tokenInClear(p)
	for _, header := range p.target.Metadata {
		if header.EnvName != "" {
			e.istiodToken(p, header)
		}
	}
	if c := p.dest.collector; c != nil {
		for _, x := range c.exporters {
			for _, one := range x.credentials {
				e.credential(c, x, one)
			}
		}
	}
}

// credential checks a Secret that the collector sends to a backend.
func (e *examination) credential(c *collector, x *exporter, one credential) {
	t := tokenUse{
		secretUse: one.secretUse, reader: c.kubectlName(), what: one.what + " of backend " + x.backend(), restart: c.restart(), reread: one.reread, about: x.facts,
	}
	switch {
	case one.isBlock:
	case one.byEnv:
		t.unfit = unless(trimmedValue)
	default:
		t.unfit = unless(headerValue) // the collector trims it
	}
	e.tokenSecret(t)
	e.staleCredential(c, x, one)
}

func (e *examination) tokenInClear(p *plane) {
	for _, provider := range p.Config.Providers {
		for _, place := range provider.Tokens {
			configMap := p.configMapOf(provider)
			e.add("LS-TOKEN-IN-CLEAR", subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: configMap}), time.Time{}, finding.Facts{
				"where": fmt.Sprintf("provider %s, %s", provider.Name, place), "configMap": configMap, "namespace": p.Namespace,
				"provider": provider.Name, "remove": e.retireProvider(p, provider),
			})
		}
	}
}

// istiodToken checks the value of a header that istiod hands to the proxies.
func (e *examination) istiodToken(p *plane, header mesh.Header) {
	v, ok := p.Variable(header.EnvName)
	if !ok {
		e.add("LS-TOKEN-NOT-READ", subject("deployment", p.Ref), time.Time{}, finding.Facts{
			"provider": p.target.Name, "env": header.EnvName, "istiod": p.Name, "namespace": p.Namespace,
			"secret": p.target.Name + "-access-token", "key": "token",
		})
		return
	}
	if v.SecretName == "" {
		return
	}
	use := secretUse{mesh.Ref{Namespace: p.Namespace, Name: v.SecretName}, v.Key}
	restart := finding.NewCommand("kubectl rollout restart deployment/{istiod} --namespace {namespace}", finding.Facts{"istiod": p.Name, "namespace": p.Namespace})
	e.tokenSecret(tokenUse{secretUse: use, reader: "istiod", what: "the access token", restart: restart, unfit: sentByProxies(p, header.Name)})
	secret, _ := e.Secret(use.Ref)
	if secret == nil {
		return
	}
	for _, pod := range p.Pods {
		if pod.Started.Before(secret.Changed) {
			e.add("LS-TOKEN-STALE", subject("deployment", p.Ref), secret.Changed, finding.Facts{
				"name": use.Name, "istiod": p.Name, "namespace": p.Namespace,
			})
		}
	}
}

// tokenUse is how somebody reads a Secret that holds a token.
type tokenUse struct {
	secretUse
	reader, what string // in words
	restart      finding.Command
	reread       bool                // after a change, without a restart
	unfit        func(string) string // why the reader cannot send it, "" where it can; nil: it sends all
	about        func(finding.Facts) finding.Facts
}

// tokenSecret checks a Secret that holds a token. The restart of the reader must
// follow on a change of the Secret, where it does not read it again. The
// collector's authenticator does; but it does not see it again once it was gone.
func (e *examination) tokenSecret(use tokenUse) {
	secret, known := e.Secret(use.Ref)
	if !known {
		return
	}
	create := e.createToken(use.secretUse, false)
	if !use.reread {
		create = create.And(use.restart)
	}
	facts := finding.Facts{
		"name": use.Name, "namespace": use.Namespace, "key": use.key, "reader": use.reader, "what": use.what, "create": create, "of": "",
		"values.accessTokenFrom.key": use.key, "value": use.Name,
	}
	if use.about != nil {
		facts = use.about(facts)
		facts["of"] = fmt.Sprintf(" for backend %s", facts["backend"])
	}
	at := subject("secret", use.Ref)
	if secret == nil {
		e.add("LS-TOKEN-SECRET-MISSING", at, time.Time{}, facts)
		return
	}
	token, ok := secret.Data[use.key]
	switch {
	case !ok:
		facts["create"] = e.createToken(use.secretUse, false).And(use.restart)
		e.add("LS-TOKEN-KEY-MISSING", at, secret.Changed, facts)
	case strings.TrimSpace(string(token)) == "":
		e.add("LS-TOKEN-EMPTY", at, secret.Changed, facts)
	case use.unfit != nil:
		if facts["unfit"] = use.unfit(string(token)); facts["unfit"] != "" {
			e.add("LS-TOKEN-CHARACTERS", at, secret.Changed, facts)
		}
	}
}

// unless gives why a text is unfit for a header by what is fit.
func unless(fit func(string) bool) func(string) string {
	return func(text string) string {
		if fit(text) {
			return ""
		}
		return "contains a line break or a space, or is empty"
	}
}

// operator is an operator of Envoy's in a header, or a % that stands for itself: the form
// of operators in the chart's rules.yaml, to which a test holds it.
var operator = regexp.MustCompile(`%%|%([A-Z0-9_]+)(?:\((.*?)\))?(?::([0-9]+))?%`)

// tokenHeader is LightStep's, whose token has no space.
const tokenHeader = "lightstep-access-token"

// sentByProxies gives why proxies cannot send a text in a header. Envoy formats those of
// spans by gRPC, and by HTTP since it has the same for them.
func sentByProxies(p *plane, header string) func(string) string {
	fit := unless(trimmedValue)
	if header == tokenHeader {
		fit = unless(visible)
	}
	return func(text string) string {
		formats := p.target.GRPC() || p.row.FormattedHeaders
		if formats && strings.Contains(operator.ReplaceAllString(text, ""), "%") {
			return "contains a % that Envoy reads as the start of an operator, where %% stands for one"
		}
		return fit(text)
	}
}

// visible tells whether a header can carry the text as a token.
func visible(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return r < '!' || r > '~' })
}

// headerValue tells whether a header can carry the text, without the spaces
// around it.
func headerValue(text string) bool {
	return !strings.ContainsFunc(strings.TrimSpace(text), func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

// trimmedValue tells the same of a text with the spaces around it.
func trimmedValue(text string) bool { return headerValue(text) && text == strings.TrimSpace(text) }

// createToken is the command that writes the Secret; fresh, with a token that
// the release does not have.
func (e *examination) createToken(use secretUse, fresh bool) finding.Command {
	if !fresh && e.release.Name != "" && strings.HasPrefix(use.Name, e.release.Name) {
		return e.restore()
	}
	return e.writeSecret(use, "FILE")
}

// writeSecret is the command that writes a key of a Secret from a file. The
// other keys of the Secret stay: apply would remove those that it once wrote.
func (e *examination) writeSecret(use secretUse, file string) finding.Command {
	facts := finding.Facts{"name": use.Name, "namespace": use.Namespace, "key": use.key}
	create := "kubectl create secret generic {name} --namespace {namespace} --from-file={key}=" + file + " --dry-run=client --output "
	secret, _ := e.Secret(use.Ref)
	if secret != nil {
		for key := range secret.Data {
			if key != use.key {
				return finding.NewCommand(create+"json | kubectl patch secret {name} --namespace {namespace} --type=merge --patch-file=/dev/stdin", facts)
			}
		}
	}
	return finding.NewCommand(create+"yaml | kubectl apply -f -", facts)
}

// staleCredential finds collectors that read a Secret at their start alone.
func (e *examination) staleCredential(c *collector, x *exporter, one credential) {
	secret, _ := e.Secret(one.Ref)
	if secret == nil || one.reread {
		return
	}
	for _, pod := range c.pods {
		if pod.Ready && pod.Started.Before(secret.Changed) {
			e.add("LS-COLLECTOR-TOKEN-STALE", subject("pod", pod.Ref), secret.Changed, x.facts(finding.Facts{
				"name": one.Name, "what": one.what, "pod": pod.Name, "workload": c.kubectlName(), "namespace": c.Namespace,
			}))
			return
		}
	}
}
