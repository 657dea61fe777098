package backend

import (
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// What can be found on the way to a backend, by stable id; that of a satellite of LightStep once gave most their names.
const (
	IDName        = "LS-SATELLITE-NAME"         // its certificate is for another name
	IDDNS         = "LS-SATELLITE-DNS"          // its host name cannot be resolved
	IDTCP         = "LS-SATELLITE-TCP"          // no connection
	IDPlaintext   = "LS-SATELLITE-PLAINTEXT"    // it speaks plain text where TLS is set, or the other way round
	IDTLS         = "LS-SATELLITE-TLS"          // the handshake failed
	IDCA          = "LS-SATELLITE-CA"           // none of the CAs vouches for it
	IDExpired     = "LS-SATELLITE-EXPIRED"      // its certificate is no longer, or not yet, valid
	IDExpiresSoon = "LS-SATELLITE-EXPIRES-SOON" // its certificate ends within days
	IDHTTP2       = "LS-SATELLITE-HTTP2"        // no HTTP/2, which gRPC needs
	IDToken       = "LS-SATELLITE-TOKEN"        // it refuses the access token
	IDNoToken     = "LS-SATELLITE-NO-TOKEN"     // no token was given to try
	IDProtocol    = "LS-SATELLITE-PROTOCOL"     // it does not take what would be sent
	IDGzip        = "LS-SATELLITE-GZIP"         // it does not take gzip, by which the collector would compress
	IDUnavailable = "LS-SATELLITE-UNAVAILABLE"  // it takes nothing now

	IDClient   = "LS-EXPORT-CLIENT"   // the client's certificate is missing, wrong or refused
	IDEndpoint = "LS-EXPORT-ENDPOINT" // where it is, is not at hand
	IDPath     = "LS-EXPORT-PATH"     // nothing takes OTLP at this path
	IDFormat   = "LS-EXPORT-FORMAT"   // it does not take this content type or encoding
	IDRedirect = "LS-EXPORT-REDIRECT" // it sends the request elsewhere
	IDWebPage  = "LS-EXPORT-WEB-PAGE" // a web page answers
	IDSize     = "LS-EXPORT-SIZE"     // it takes no request of this size
	IDUntried  = "LS-EXPORT-UNTRIED"  // whether it takes an export cannot be tried from here
)

// What can be found on the way of a marked span through a collector.
const (
	IDSpanRefused  = "LS-SPAN-REFUSED"  // the collector did not take it
	IDSpanLost     = "LS-SPAN-LOST"     // the collector gave up spans
	IDSpanQueued   = "LS-SPAN-QUEUED"   // it waits in the queue
	IDSpanUnproven = "LS-SPAN-UNPROVEN" // its arrival cannot be told

	IDSpanPlaintext = "LS-SPAN-PLAINTEXT" // the collector takes plain text, where it is to take mutual TLS alone
)

// pathCollector is where the values say what the collector is.
const pathCollector = "collector"

func broken(id, path, reason, fix string) problem.Problem {
	return problem.Problem{ID: id, Severity: problem.SeverityError, Path: path, Reason: reason, Fix: fix, URL: pages.Backend}
}

func doubtful(id, path, reason, fix string) problem.Problem {
	p := broken(id, path, reason, fix)
	p.Severity = problem.SeverityWarning
	return p
}

// NoTokenFile tells that the file is missing or empty that the access token was
// to be read from.
func NoTokenFile(name string) problem.Problem {
	return broken(IDNoToken, OfLightStep.Token, redact.Key(name)+" does not exist or is empty",
		"give the file that holds the access token; in a pod, see that the Secret it is mounted from exists, with the key that accessTokenFrom.key names")
}

// NoCAFile tells that the file is missing or empty that the CA was to be read
// from; without a name, that none was given.
func NoCAFile(name string) problem.Problem {
	if name == "" {
		return broken(IDCA, OfLightStep.CA, "the CA stands in a Secret, and is not at hand",
			"give it in a file: --ca-file FILE")
	}
	return broken(IDCA, OfLightStep.CA, redact.Key(name)+" does not exist or is empty",
		"give the file that holds the PEM of the CA; in a pod, see that the Secret it is mounted from exists, with a key named as the file")
}
