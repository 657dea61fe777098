package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// lightstepName is what LightStep is called among the backends.
const lightstepName = "lightstep"

// route is one path to walk.
type route struct {
	name     string // in the values
	exporter string // in the collector's metrics
	target   backend.Target
	problems []problem.Problem // what keeps it from being walked
	skipped  string            // why it is not walked; empty: it is
	fed      bool              // the collector sends spans there
	broken   bool              // no span arrives there
}

// called names the path in reports: LightStep's by its address.
func (p *route) called() string {
	if p.name == lightstepName && p.target.Address != "" && p.target.Places == (backend.Places{}) {
		return p.target.Address
	}
	return p.name
}

// heading names the path and its address.
func (p *route) heading() string {
	if p.called() == p.target.Address {
		return p.target.Address
	}
	return p.name + " at " + p.target.Shown()
}

// paths gives those to the backends that are asked for. Secrets of no other are
// read.
func (j *backendJob) paths(ctx context.Context, found *behind.Backends) ([]*route, error) {
	source, err := j.secrets.source(ctx, found.Variables)
	if err != nil {
		return nil, err
	}
	var all []*route
	var known []string
	asked := func(name string) bool {
		known = append(known, name)
		return len(j.names) == 0 || slices.Contains(j.names, name)
	}
	if found.LightStep == nil && j.tokenFile+j.caFile != "" {
		return nil, errors.New("--token-file and --ca-file are for LightStep's access token and CA, and the values send nothing there: give the Secrets of backends with --secrets or --read-secrets")
	}
	if found.LightStep != nil && asked(lightstepName) {
		p, err := j.toLightStep(found)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	for i := range found.Others {
		if asked(found.Others[i].Name) {
			all = append(all, toBackend(found, &found.Others[i], source, j.timeout))
		}
	}
	for _, name := range j.names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("the values have no backend of a name given: they have %s", strings.Join(known, ", "))
		}
	}
	return all, nil
}

// toBackend is the path to one of backends or of collector.exporters.
func toBackend(found *behind.Backends, b *behind.Backend, source backend.Source, timeout time.Duration) *route {
	p := &route{name: b.Name, exporter: b.Exporter}
	switch {
	case !b.OTLP:
		p.skipped = "it is not an exporter of OTLP"
		return p
	case b.Drain:
		p.skipped = "it is drained, and gets no more spans"
		return p
	}
	p.target, p.problems = backend.TargetOf(b, source)
	p.target.Timeout = timeout
	if found.Delivery == "direct" {
		p.target.Collected = false
		return p
	}
	p.fed = true
	if text, _ := b.Settings["proxy_url"].(string); text != "" {
		p.skipped = "the collector goes through proxy_url"
	} else if proxied(found, &p.target) {
		p.skipped = throughProxy
	}
	return p
}

// throughProxy says why a path is not that of the collector.
const throughProxy = "the collector goes through the proxy in collector.env"

// toLightStep is the path to LightStep, with the token and the CA from files
// where there are any.
func (j *backendJob) toLightStep(of *behind.Backends) (*route, error) {
	found := of.LightStep
	p := &route{name: lightstepName, exporter: collector.Exporter, fed: true}
	p.target = backend.Target{
		Address: found.Address, Secure: found.Secure, ServerName: found.ServerName, Protocol: backend.OTLP, Timeout: j.timeout,
	}
	token := found.Token
	switch of.Delivery {
	case "native":
		p.target.Protocol = backend.LightStep
	case "collector", "":
		p.target.Collected, p.target.Compression = true, found.Compression
		if proxied(of, &p.target) {
			p.skipped = throughProxy
			return p, nil
		}
	}
	text, missing, err := readMounted(j.tokenFile)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the access token: %w", err)
	case missing:
		p.problems = append(p.problems, backend.NoTokenFile(j.tokenFile))
	case j.tokenFile != "":
		token = string(text)
	}
	if token == "" {
		p.target.Absent = []string{found.Header}
	} else {
		p.target.Headers = []backend.Header{{Name: found.Header, Value: token, Secret: true}}
	}
	if !found.OwnCA {
		return p, nil
	}
	authorities, missing, err := readMounted(j.caFile)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the CA: %w", err)
	case missing:
		p.problems = append(p.problems, backend.NoCAFile(j.caFile))
	case j.caFile != "":
		p.target.Authorities = authorities
	case found.Authorities == "":
		p.problems = append(p.problems, backend.NoCAFile(""))
	default:
		p.target.Authorities = []byte(found.Authorities)
	}
	return p, nil
}

// readMounted reads a file that a Secret is mounted as: where there is no such
// Secret there is no such file.
func readMounted(name string) (data []byte, missing bool, err error) {
	if name == "" {
		return nil, false, nil
	}
	data, err = bounded.File(name, bounded.Secret)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil
	}
	return data, err == nil && len(data) == 0, err
}

// proxied tells whether the collector, by the variables that it has, asks a
// proxy to reach a target. gRPC does for what HTTPS_PROXY is for.
func proxied(found *behind.Backends, target *backend.Target) bool {
	variable := func(names ...string) string {
		for _, name := range names {
			if value, ok := found.Variables[name]; ok && value == nil {
				return "http://in.a.secret"
			} else if ok && *value != "" {
				return *value
			}
		}
		return ""
	}
	config := httpproxy.Config{
		HTTPProxy: variable("HTTP_PROXY", "http_proxy"), HTTPSProxy: variable("HTTPS_PROXY", "https_proxy"), NoProxy: variable("NO_PROXY", "no_proxy"),
	}
	scheme := "https"
	if target.Protocol == backend.HTTP && !target.Secure {
		scheme = "http"
	}
	proxy, err := config.ProxyFunc()(&url.URL{Scheme: scheme, Host: target.Address})
	return proxy != nil || err != nil
}
