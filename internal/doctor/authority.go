package doctor

import (
	"bytes"
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/certificate"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// authority checks the certificates of the CAs by which backends are verified:
// by the proxies themselves, or by the collector.
func (e *examination) authority(p *plane) {
	if c := p.dest.collector; c != nil {
		for _, x := range c.exporters {
			e.collectorCA(c, x)
		}
		return
	}
	file := e.caFile(p)
	if file == "" {
		return
	}
	e.proxyCA(p, path.Base(file))
	e.mounts(p, path.Dir(file))
	e.template(p)
}

// caFile is the path of the CA in the proxies, "" where there is none of the
// user's.
func (e *examination) caFile(p *plane) string {
	if p.native() {
		tls, _ := p.Config.Tracing["tlsSettings"].(map[string]any)
		file, _ := tls["caCertificates"].(string)
		return file
	}
	if rule := newRule(e.ruleFor(p, "")); rule != nil {
		if tls := rule.at(p.dest.port); tls != nil && path.IsAbs(tls.CACertificates) {
			return tls.CACertificates
		}
	}
	return ""
}

// proxyCA checks the Secret in every namespace that has proxies.
func (e *examination) proxyCA(p *plane, key string) {
	good := e.goodCA(key)
	for _, namespace := range namespacesOf(p.pods) {
		use := secretUse{mesh.Ref{Namespace: namespace, Name: mesh.CASecret}, key}
		secret, known := e.Secret(use.Ref)
		if !known {
			continue
		}
		if secret == nil {
			e.add("LS-CA-MISSING", subject("secret", use.Ref), time.Time{}, finding.Facts{
				"item": namespace, "cacert.key": key, "scope": "namespace " + namespace, "create": e.createCA(use, good, false),
			})
			continue
		}
		e.certificates(secret, use, finding.Facts{"scope": "namespace " + namespace, "for": ""}, func(fresh bool) finding.Command { return e.createCA(use, good, fresh) })
	}
	e.differing(p, key, good)
}

// certificates checks what stands at the key of a CA's Secret. Create gives the
// command that writes the Secret; fresh, with a certificate that is yet to be
// got. About are facts that say for whom.
func (e *examination) certificates(secret *mesh.Secret, use secretUse, about finding.Facts, create func(fresh bool) finding.Command) {
	facts := func() finding.Facts {
		f := finding.Facts{"name": use.Name, "namespace": use.Namespace, "key": use.key, "create": create(false)}
		maps.Copy(f, about)
		return f
	}
	at := subject("secret", use.Ref)
	pem, ok := secret.Data[use.key]
	if !ok {
		f := facts()
		f["keys"] = listed(slices.Sorted(maps.Keys(secret.Data)))
		e.add("LS-CA-KEY", at, secret.Changed, f)
		return
	}
	if len(bytes.TrimSpace(pem)) == 0 {
		f := facts()
		f["problem"] = "is empty"
		e.add("LS-CA-PEM", at, secret.Changed, f)
		return
	}
	for _, problem := range certificate.Check(use.key, string(pem), e.At) {
		f := facts()
		f["problem"] = problem.Reason
		if problem.ID != "LS-CA-PEM" {
			f["create"] = create(true)
		}
		e.add(problem.ID, at, secret.Changed, f)
	}
}

// goodCA finds the Secret that the others are held against: one of those who run
// the mesh, or else the one that most namespaces hold.
func (e *examination) goodCA(key string) *mesh.Secret {
	var good *mesh.Secret
	best := 0
	for _, s := range e.caSecrets() {
		pem := s.Data[key]
		if len(pem) == 0 || len(certificate.Check(key, string(pem), e.At)) > 0 {
			continue
		}
		if e.Trusted(s.Namespace) {
			return s
		}
		same := 0
		for _, other := range e.caSecrets() {
			if bytes.Equal(bytes.TrimSpace(other.Data[key]), bytes.TrimSpace(pem)) {
				same++
			}
		}
		if same > best {
			good, best = s, same
		}
	}
	return good
}

// caSecrets are the Secrets that proxies mount, by namespace, those beside a
// control plane first.
func (e *examination) caSecrets() []*mesh.Secret {
	var all []*mesh.Secret
	for at, s := range e.Secrets {
		if at.Name == mesh.CASecret {
			all = append(all, s)
		}
	}
	beside := func(s *mesh.Secret) int {
		if slices.ContainsFunc(e.Istiods, func(i *mesh.Istiod) bool { return i.Namespace == s.Namespace }) {
			return 0
		}
		return 1
	}
	slices.SortFunc(all, func(a, b *mesh.Secret) int {
		return cmp.Or(beside(a)-beside(b), strings.Compare(a.Namespace, b.Namespace))
	})
	return all
}

// differing finds namespaces whose CA is not that of most others.
func (e *examination) differing(p *plane, key string, good *mesh.Secret) {
	if good == nil {
		return
	}
	others := 0
	var odd []*mesh.Secret
	for _, namespace := range namespacesOf(p.pods) {
		secret, _ := e.Secret(mesh.Ref{Namespace: namespace, Name: mesh.CASecret})
		switch {
		case secret == nil || len(secret.Data[key]) == 0:
		case bytes.Equal(bytes.TrimSpace(secret.Data[key]), bytes.TrimSpace(good.Data[key])):
			others++
		case len(certificate.Check(key, string(secret.Data[key]), e.At)) == 0:
			odd = append(odd, secret)
		}
	}
	for _, secret := range odd {
		use := secretUse{secret.Ref, key}
		e.add("LS-CA-DIFFERS", subject("secret", secret.Ref), secret.Changed, finding.Facts{
			"name": secret.Name, "scope": "namespace " + secret.Namespace, "others": terminal.Counted(others, "other namespace"), "create": e.createCA(use, good, true),
		})
	}
}

// createCA is the command that writes a CA's Secret: a copy of a good one, or
// else what the release made, or else of a file. Fresh is a certificate that
// the release does not have.
func (e *examination) createCA(use secretUse, good *mesh.Secret, fresh bool) finding.Command {
	const write = "kubectl create secret generic {name} --namespace {namespace} --from-file={key}="
	const apply = " --dry-run=client --output yaml | kubectl apply -f -"
	facts := finding.Facts{"name": use.Name, "namespace": use.Namespace, "key": use.key}
	current, _ := e.Secret(use.Ref)
	switch {
	case good != nil && good.Ref != use.Ref && e.Trusted(good.Namespace): // what a tenant wrote is copied nowhere
		facts["good"], facts["goodNamespace"] = good.Name, good.Namespace
		return finding.NewCommand("kubectl get secret {good} --namespace {goodNamespace} --output 'go-template={{index .data \"{key}\" | base64decode}}' | "+
			write+"/dev/stdin"+apply, facts)
	case !fresh && e.release.Name != "" && (current == nil || current.Release == e.release):
		return e.restore()
	}
	return e.writeSecret(use, "Cert_Auth.crt")
}

// mounts finds proxies that do not mount the CA.
func (e *examination) mounts(p *plane, directory string) {
	without := func(pod *mesh.Pod) bool {
		return !slices.ContainsFunc(pod.Proxy.Mounts, func(m mesh.Mount) bool {
			return m.Secret == mesh.CASecret && path.Clean(m.Path) == directory
		})
	}
	own := func(pod *mesh.Pod) bool { return pod.Proxy.Gateway || pod.Proxy.Own }
	for _, w := range workloadsOf(p.pods, func(pod *mesh.Pod) bool { return without(pod) && own(pod) }) {
		e.add("LS-CA-NOT-MOUNTED-GATEWAY", w.subject(), w.first.Created, finding.Facts{
			"workload": w.name, "namespace": w.namespace, "path": directory,
		})
	}
	for _, w := range workloadsOf(p.pods, func(pod *mesh.Pod) bool { return without(pod) && !own(pod) }) {
		e.add("LS-CA-NOT-MOUNTED", w.subject(), w.first.Created, finding.Facts{"workload": w.name, "namespace": w.namespace})
	}
}

// forNativeTracer is the condition under which Istio's own sidecar template mounts
// the CA, in 1.31 too (manifests/charts/istio-control/istio-discovery/files/injection-template.yaml).
const forNativeTracer = `.Values.global.proxy.tracer "lightstep"`

// template checks that new pods will mount the CA.
func (e *examination) template(p *plane) {
	if p.Injector == nil {
		return
	}
	defaults := p.Injector.DefaultTemplates
	if len(defaults) == 0 {
		defaults = []string{"sidecar"}
	}
	mounting := ""
	for _, name := range slices.Sorted(maps.Keys(p.Injector.Templates)) {
		text := p.Injector.Templates[name]
		if !strings.Contains(text, mesh.CASecret) || !p.native() && strings.Contains(text, forNativeTracer) {
			continue
		}
		if slices.Contains(defaults, name) {
			return
		}
		mounting = name
	}
	mend := finding.NewCommand("istio-lightstep render -f YOUR-VALUES.yaml --set output=istioOperator >tracing.yaml && istioctl install -f YOUR-CONTROL-PLANE.yaml -f tracing.yaml", nil)
	if mounting != "" {
		mend = finding.NewCommand("kubectl get configmap {configMap} --namespace {namespace} --output yaml | istio-lightstep doctor configmap --key config --append defaultTemplates={template} | kubectl replace -f -",
			finding.Facts{"configMap": p.Injector.Name, "namespace": p.Namespace, "template": mounting})
	}
	e.add("LS-CA-TEMPLATE", subject("configmap", p.Injector.Ref), time.Time{}, finding.Facts{
		"istiod": p.Name, "template": mend,
	})
}

// collectorCA checks the CA by which the collector verifies a backend.
func (e *examination) collectorCA(c *collector, x *exporter) {
	if x.ca.Name == "" {
		return
	}
	secret, known := e.Secret(x.ca.Ref)
	if !known {
		return
	}
	create := func(fresh bool) finding.Command {
		command := e.createCA(x.ca, nil, fresh)
		if !x.caReread {
			// The collector by itself reads it at its start alone.
			command = command.And(c.restart())
		}
		return command
	}
	if secret == nil {
		e.add("LS-CA-MISSING-COLLECTOR", subject("secret", x.ca.Ref), time.Time{}, x.facts(finding.Facts{
			"name": x.ca.Name, "namespace": c.Namespace, "key": x.ca.key, "create": create(false),
		}))
		return
	}
	e.certificates(secret, x.ca, x.facts(finding.Facts{"scope": "the mesh for backend " + x.backend(), "for": " (CA of backend " + x.backend() + ")"}), create)
	if x.caReread {
		return
	}
	for _, pod := range c.pods {
		if pod.Ready && pod.Started.Before(secret.Changed) {
			e.add("LS-COLLECTOR-CA-STALE", subject("pod", pod.Ref), secret.Changed, x.facts(finding.Facts{
				"name": x.ca.Name, "pod": pod.Name, "workload": c.kubectlName(), "namespace": c.Namespace,
			}))
			return
		}
	}
}
