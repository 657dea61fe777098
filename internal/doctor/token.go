package doctor

import (
	"fmt"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// token checks the access token on its way from the Secret to who sends it.
func (e *examination) token(p *plane) {
	if !e.known(p) {
		return
	}
	e.tokenInClear(p)
	for _, header := range p.target.Metadata {
		if header.EnvName != "" {
			e.istiodToken(p, header.EnvName)
		}
	}
	if c := p.dest.collector; c != nil && c.token.Name != "" {
		e.tokenSecret(c.token, c.kubectlName(), c.restart(), !c.byEnv)
		e.collectorToken(c)
	}
}

func (e *examination) tokenInClear(p *plane) {
	for _, provider := range p.Config.Providers {
		for _, place := range provider.Tokens {
			configMap := p.configMapOf(provider)
			e.add("LS-TOKEN-IN-CLEAR", subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: configMap}), time.Time{}, finding.Facts{
				"where": fmt.Sprintf("provider %s, %s", provider.Name, place), "configMap": configMap, "namespace": p.Namespace,
				"provider": provider.Name,
			})
		}
	}
}

// istiodToken checks a token that istiod hands to the proxies.
func (e *examination) istiodToken(p *plane, variable string) {
	v, ok := p.Variable(variable)
	if !ok {
		e.add("LS-TOKEN-NOT-READ", subject("deployment", p.Ref), time.Time{}, finding.Facts{
			"provider": p.target.Name, "env": variable, "istiod": p.Name, "namespace": p.Namespace,
			"secret": p.target.Name + "-access-token", "key": "token",
		})
		return
	}
	if v.SecretName == "" {
		return
	}
	use := secretUse{mesh.Ref{Namespace: p.Namespace, Name: v.SecretName}, v.Key}
	restart := finding.NewCommand("kubectl rollout restart deployment/{istiod} --namespace {namespace}", finding.Facts{"istiod": p.Name, "namespace": p.Namespace})
	e.tokenSecret(use, "istiod", restart, false)
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

// tokenSecret checks a Secret that holds a token. Restart is the command for the
// reader, which must follow on a change of the Secret where the reader has the
// token in its environment and sends it as it is. The collector's authenticator
// rereads its file, and trims it; but it does not see it again once it was gone.
func (e *examination) tokenSecret(use secretUse, reader string, restart finding.Command, rereads bool) {
	secret, known := e.Secret(use.Ref)
	if !known {
		return
	}
	create := e.createToken(use, false)
	if !rereads {
		create = create.And(restart)
	}
	facts := finding.Facts{
		"name": use.Name, "namespace": use.Namespace, "key": use.key, "reader": reader, "create": create,
		"values.accessTokenFrom.key": use.key, "value": use.Name,
	}
	at := subject("secret", use.Ref)
	if secret == nil {
		e.add("LS-TOKEN-SECRET-MISSING", at, time.Time{}, facts)
		return
	}
	token, ok := secret.Data[use.key]
	switch trimmed := strings.TrimSpace(string(token)); {
	case !ok:
		facts["create"] = e.createToken(use, false).And(restart)
		e.add("LS-TOKEN-KEY-MISSING", at, secret.Changed, facts)
	case trimmed == "":
		e.add("LS-TOKEN-EMPTY", at, secret.Changed, facts)
	case !rereads && !visible(string(token)):
		e.add("LS-TOKEN-CHARACTERS", at, secret.Changed, facts)
	}
}

// visible tells whether a header can carry the text.
func visible(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return r < '!' || r > '~' })
}

// createToken is the command that writes the Secret; fresh, with a token that
// the release does not have.
func (e *examination) createToken(use secretUse, fresh bool) finding.Command {
	if !fresh && e.release.Name != "" && strings.HasPrefix(use.Name, e.release.Name) {
		return e.restore()
	}
	return finding.NewCommand("kubectl create secret generic {name} --namespace {namespace} --from-file={key}=FILE --dry-run=client --output yaml | kubectl apply -f -",
		finding.Facts{"name": use.Name, "namespace": use.Namespace, "key": use.key})
}

// collectorToken finds collectors that read a token at their start alone.
func (e *examination) collectorToken(c *collector) {
	secret, _ := e.Secret(c.token.Ref)
	if secret == nil || !c.byEnv {
		return
	}
	for _, pod := range c.pods {
		if pod.Ready && pod.Started.Before(secret.Changed) {
			e.add("LS-COLLECTOR-TOKEN-STALE", subject("pod", pod.Ref), secret.Changed, finding.Facts{
				"name": c.token.Name, "pod": pod.Name, "workload": c.kubectlName(), "namespace": c.Namespace,
			})
			return
		}
	}
}
