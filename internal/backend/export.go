package backend

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"regexp"
	"strings"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// userAgent is what servers see in their logs.
const userAgent = "istio-lightstep-doctor"

// export makes one call that carries the token and no span.
func (p *probe) export(ctx context.Context) (string, []problem.Problem) {
	if wrong := p.unsendable(); wrong != nil {
		return "", wrong
	}
	conn, err := p.dial()
	if err != nil {
		return p.fail("grpc-address", "said", p.words(err.Error()))
	}
	defer conn.Close() //nolint:errcheck // the answer is in
	call := p.exportOTLP
	if p.Protocol == LightStep {
		call = p.reportLightStep
	}
	err = call(ctx, conn)
	if err == nil {
		return p.taken()
	}
	return p.answered(err)
}

// unsendable tells of a header that cannot be sent.
func (p *probe) unsendable() []problem.Problem {
	for _, header := range p.Headers {
		// A token is one word, a header of a backend's own may be several.
		odd := func(r rune) bool { return r < ' ' || r > '~' || p.places() == OfLightStep && r == ' ' }
		if !strings.ContainsFunc(header.Value, odd) {
			continue
		}
		what := "the value of header " + header.Name
		if p.places() == OfLightStep {
			what = "the access token"
		}
		return []problem.Problem{p.problem("token-characters", "what", what)}
	}
	return nil
}

// taken tells that the backend took an export: with all that authenticates, or
// with what is at hand of it.
func (p *probe) taken() (string, []problem.Problem) {
	switch {
	case len(p.Absent) > 0 || p.Untried != "":
		return "answered", p.withoutCredentials()
	case p.places() == OfLightStep:
		return "taken, with the access token", nil
	case p.headerNames() != "":
		return "taken, with " + p.headerNames(), nil
	}
	return "taken", nil
}

// withoutCredentials tells that what authenticates was not sent.
func (p *probe) withoutCredentials() []problem.Problem {
	row := "no-headers"
	switch {
	case p.Untried != "":
		row = "untried"
	case p.places() == OfLightStep:
		row = "no-token"
	}
	return []problem.Problem{p.problem(row, "why", p.Untried)}
}

// refused tells that the backend refuses what authenticates, or misses it.
func (p *probe) refused(said string) (string, []problem.Problem) {
	if len(p.Absent) > 0 || p.Untried != "" {
		return "answered", p.withoutCredentials()
	}
	what := "the backend refuses "
	switch {
	case p.places() == OfLightStep:
		what += "the access token"
	case p.headerNames() != "":
		what += "the value of " + p.headerNames()
	case p.secret():
		what += "the client's certificate, or asks for more than that"
	default:
		what = "the backend asks for credentials, and none are sent"
	}
	return p.fail("token-refused", "refusal", what, "said", said)
}

// dial makes a gRPC connection as a collector's exporter would, to the address
// that was reached and to no other.
func (p *probe) dial() (*grpc.ClientConn, error) {
	security := insecure.NewCredentials()
	if p.Secure {
		config, err := p.tlsConfig()
		if err != nil {
			return nil, err
		}
		config.ServerName = p.ServerName // Empty, gRPC takes the host, and host:port for :authority.
		security = credentials.NewTLS(config)
	}
	return newClient(p.Address, grpc.WithTransportCredentials(security),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return p.open(ctx) }))
}

// newClient makes a gRPC connection to an address that asks no proxy and no
// name service for another one, and tries once.
func newClient(address string, options ...grpc.DialOption) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+address, append(options,
		grpc.WithNoProxy(), grpc.WithDisableServiceConfig(), grpc.WithDisableRetry(), grpc.WithUserAgent(userAgent))...)
}

func (p *probe) exportOTLP(ctx context.Context, conn *grpc.ClientConn) error {
	_, err := collectortrace.NewTraceServiceClient(conn).Export(p.authorized(ctx), &collectortrace.ExportTraceServiceRequest{})
	return err
}

// authorized adds the headers to a call.
func (p *probe) authorized(ctx context.Context) context.Context {
	for _, header := range p.Headers {
		ctx = metadata.AppendToOutgoingContext(ctx, header.Name, header.Value)
	}
	return ctx
}

// webPage is how gRPC tells of an answer that is a page for people.
var webPage = regexp.MustCompile(`content-type "text/html`)

// httpStatus is how gRPC tells of the status of an answer by HTTP alone.
var httpStatus = regexp.MustCompile(`unexpected HTTP status code received from server: (\d+)`)

// answered tells what an error of the call means.
func (p *probe) answered(err error) (string, []problem.Problem) {
	message := status.Convert(err).Message()
	page, redirect := webPage.MatchString(message), httpStatus.FindStringSubmatch(message)
	message, _, _ = strings.Cut(message, "\ndata: ") // what the page says
	said, code := p.words(message), status.Code(err)
	switch {
	case redirect != nil && strings.HasPrefix(redirect[1], "3"):
		return p.fail("grpc-redirect", "said", said)
	case code == codes.InvalidArgument, code == codes.FailedPrecondition, code == codes.OutOfRange:
		// It looked at what it was sent, which was nothing: it would have refused the token before.
		return p.answeredEmpty()
	case code == codes.Unauthenticated, code == codes.PermissionDenied:
		return p.refused(said)
	case page:
		return p.fail("grpc-page", "code", code, "said", said)
	case code == codes.Unimplemented, code == codes.Unknown, code == codes.Internal:
		return p.fail("grpc-protocol", "code", code, "said", said, "protocol", cmp.Or(p.Protocol, OTLP))
	case code == codes.DeadlineExceeded:
		return p.fail("no-answer", "time", p.timeout())
	default:
		return p.fail("grpc-unavailable", "code", code, "said", said)
	}
}

// answeredEmpty tells that the backend looked at an export, and took offence at
// its being empty.
func (p *probe) answeredEmpty() (string, []problem.Problem) {
	if len(p.Absent) > 0 || p.Untried != "" {
		return "answered", p.withoutCredentials()
	}
	return fmt.Sprintf("answered, though it takes no empty %s", p.call()), nil
}

// call names what was called.
func (p *probe) call() string {
	switch p.Protocol {
	case LightStep:
		return "LightStep's CollectorService/Report"
	case HTTP:
		return "a POST of OTLP"
	case OTLP:
	}
	return "OTLP's TraceService/Export"
}

// aboutCompression are words of a receiver that cannot read what is compressed.
var aboutCompression = regexp.MustCompile(`(?i)compress|gzip|encoding`)

// compressed makes a second call, compressed by gzip. It has a resource and no
// span: gRPC does not compress an empty message, and a span would stay in the
// backend.
func (p *probe) compressed(ctx context.Context) (string, []problem.Problem) {
	conn, err := p.dial()
	if err != nil {
		return p.gzipUnknown(err.Error())
	}
	defer conn.Close() //nolint:errcheck // the answer is in
	_, err = collectortrace.NewTraceServiceClient(conn).Export(p.authorized(ctx), withoutSpans(), grpc.UseCompressor(gzip.Name))
	said := status.Convert(err).Message()
	switch code := status.Code(err); code {
	case codes.OK:
		return p.gzipTaken()
	case codes.Unimplemented, codes.Internal, codes.Unknown:
		// The call before was the same but for the compression.
		return p.gzipRefused(fmt.Sprintf("%s: %s", code, said))
	case codes.InvalidArgument, codes.FailedPrecondition, codes.OutOfRange:
		if aboutCompression.MatchString(said) {
			return p.gzipRefused(fmt.Sprintf("%s: %s", code, said))
		}
		return p.gzipTaken() // It read the message, and wants spans in it.
	default:
		return p.gzipUnknown(fmt.Sprintf("%s: %s", code, said))
	}
}

// withoutSpans is a request that has a resource and no span.
func withoutSpans() *collectortrace.ExportTraceServiceRequest {
	name := &commonv1.KeyValue{Key: "service.name", Value: &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: MarkedService}}}
	return &collectortrace.ExportTraceServiceRequest{
		ResourceSpans: []*tracev1.ResourceSpans{{Resource: &resourcev1.Resource{Attributes: []*commonv1.KeyValue{name}}}},
	}
}

// compression is where the values say by what is compressed.
func (p *probe) compression() string { return p.places().words()["compression"] }

func (p *probe) gzipTaken() (string, []problem.Problem) {
	if p.Compression == "none" {
		return "taken, and " + p.compression() + " is none: with gzip less is sent", nil
	}
	return "taken", nil
}

func (p *probe) gzipRefused(said string) (string, []problem.Problem) {
	if p.Compression != gzip.Name {
		return "not taken: " + p.compression() + " must not be gzip", nil
	}
	return p.fail("gzip-refused", "said", p.words(said))
}

func (p *probe) gzipUnknown(said string) (string, []problem.Problem) {
	if p.Compression != gzip.Name {
		return "unknown", nil
	}
	return "unknown", []problem.Problem{p.problem("gzip-unknown", "said", p.words(said))}
}
