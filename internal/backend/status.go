package backend

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// aboutCredentials are words of a backend that answers 400 to a wrong token, or
// to a tenant that is not named.
var aboutCredentials = regexp.MustCompile(`(?i)\b(api[-_ ]?key|token|dsn|credential|unauthori[sz]ed|authenticat|authorization|tenant|org(ani[sz]ation)?[-_ ]?id)`)

// statusMessage is google.rpc.Status.message, which OTLP's errors are.
const statusMessage protowire.Number = 2

// verdict tells what a status means that is no success, or a page in the place
// of an answer.
func (p *probe) verdict(a *answer) (string, []problem.Problem) {
	said := p.heard(a)
	path := p.shownPath()
	switch {
	case a.status/100 == 3:
		return p.redirected(a)
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden, a.status == http.StatusBadRequest && aboutCredentials.MatchString(a.said):
		return p.refused(said)
	case a.status == http.StatusNotFound, a.status == http.StatusGone, a.status == http.StatusMethodNotAllowed:
		return "", []problem.Problem{broken(IDPath, p.places().Endpoint, fmt.Sprintf("nothing takes traces at the path %s: %s", path, said),
			"correct the path: the collector adds /v1/traces to endpoint, and uses tracesEndpoint as it is")}
	case a.status == http.StatusUnsupportedMediaType, a.status == http.StatusNotAcceptable:
		return "", []problem.Problem{broken(IDFormat, p.places().Endpoint, fmt.Sprintf("the backend does not take the format %s: %s", p.format(), said),
			"set encoding of the exporter to the other one, json or proto; see that the path is that of OTLP")}
	case a.status == http.StatusRequestEntityTooLarge:
		return "", []problem.Problem{broken(IDSize, p.places().Endpoint, "the backend refuses even an export without spans as too large: "+said,
			"raise the limit of what stands in front of the backend")}
	case a.status == http.StatusBadRequest, a.status == http.StatusUnprocessableEntity:
		if len(p.Absent) > 0 || p.Untried != "" {
			return "answered", p.withoutCredentials()
		}
		return "answered", []problem.Problem{doubtful(IDUntried, p.places().Endpoint,
			"the backend refuses an export without spans, so whether it takes one with spans is not known: "+said, "read its answer; helm test sends a span through the collector")}
	case a.page():
		return "", []problem.Problem{broken(IDWebPage, p.places().Endpoint, fmt.Sprintf("a web page answers at the path %s: %s", path, said),
			"set the endpoint to the backend's address for OTLP, not to that of its pages or of a login")}
	case a.status == http.StatusTooManyRequests:
		return "", []problem.Problem{broken(IDUnavailable, p.places().Endpoint, "the backend limits requests now: "+said, "look at the limits and the quota of the backend; a collector tries again later")}
	case a.status/100 == 5, a.status == http.StatusRequestTimeout:
		return "", []problem.Problem{broken(IDUnavailable, p.places().Endpoint, "the backend takes nothing now: "+said, "look at the backend, and at what stands in front of it")}
	}
	return "", []problem.Problem{broken(IDProtocol, p.places().Endpoint, "the backend does not take a POST of OTLP: "+said, "use the backend's address for OTLP over HTTP")}
}

// redirected tells where the backend sends a request. A client follows 307 and
// 308 with the body, but leaves the headers behind where the host is another.
func (p *probe) redirected(a *answer) (string, []problem.Problem) {
	where := "elsewhere"
	if to, err := url.Parse(a.location); err == nil && to.Host+to.Path != "" {
		to.User, to.RawQuery, to.Fragment = nil, "", ""
		where = "to " + p.words(to.String())
	}
	return "", []problem.Problem{broken(IDRedirect, p.places().Endpoint, fmt.Sprintf("the backend redirects a request, status %d, %s", a.status, where),
		"set the endpoint to where it leads, if that is the backend's address for OTLP: a redirected request may lose its headers, its method and its body")}
}

// heard is the status of an answer, and what it says where that is not a page.
func (p *probe) heard(a *answer) string {
	text := strings.TrimSpace(fmt.Sprintf("status %d %s", a.status, http.StatusText(a.status)))
	said := strings.TrimSpace(a.said)
	if strings.Contains(a.media, "protobuf") {
		said = strings.Join(textsOf([]byte(a.said), statusMessage), "; ")
	}
	if a.page() || said == "" {
		return text
	}
	return text + ": " + p.words(said)
}

// shownPath is the path that was asked for.
func (p *probe) shownPath() string {
	if at, err := url.Parse(p.url()); err == nil {
		return at.EscapedPath()
	}
	return "of the endpoint"
}

func (p *probe) format() string {
	if p.JSON {
		return "application/json"
	}
	return "application/x-protobuf"
}
