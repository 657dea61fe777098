package satellite

import (
	"context"
	"fmt"
	"net"
	"strings"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// userAgent is what servers see in their logs.
const userAgent = "istio-lightstep-doctor"

// export makes one call that carries the token and no span.
func (p *probe) export(ctx context.Context) (string, []problem.Problem) {
	if strings.ContainsFunc(p.Token, func(r rune) bool { return r < '!' || r > '~' }) {
		return "", []problem.Problem{broken(IDToken, pathToken, "the access token has a space, a line break or a character outside ASCII, which no gRPC metadata can carry",
			"take it without them: `printf %s TOKEN >FILE` writes no newline at the end, `echo` does")}
	}
	conn, err := p.dial()
	if err != nil {
		return "", []problem.Problem{broken(IDUnavailable, pathAddress, words(err.Error(), p.Token), "see that the address is host:port")}
	}
	defer conn.Close() //nolint:errcheck // the answer is in
	call := p.exportOTLP
	if p.Protocol == LightStep {
		call = p.reportLightStep
	}
	err = call(ctx, conn)
	switch {
	case p.Token == "" && (err == nil || status.Code(err) == codes.Unauthenticated || status.Code(err) == codes.PermissionDenied):
		return "answered", []problem.Problem{doubtful(IDNoToken, pathToken, "no access token is at hand, so whether the satellite takes it was not tried",
			"give it in a file: --token-file FILE")}
	case err != nil:
		return p.answered(err)
	}
	return "taken, with the access token", nil
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

// authorized adds the access token to a call.
func (p *probe) authorized(ctx context.Context) context.Context {
	if p.Token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, p.Header, p.Token)
}

// answered tells what an error of the call means.
func (p *probe) answered(err error) (string, []problem.Problem) {
	said := words(status.Convert(err).Message(), p.Token)
	switch status.Code(err) {
	case codes.InvalidArgument, codes.FailedPrecondition, codes.OutOfRange:
		// It looked at what it was sent, which was nothing: it would have refused the token before.
		return fmt.Sprintf("answered, though it takes no empty %s", p.call()), nil
	case codes.Unauthenticated, codes.PermissionDenied:
		return "", []problem.Problem{broken(IDToken, pathToken, "the satellite refuses the access token: "+said,
			p.tokenFix())}
	case codes.Unimplemented, codes.Unknown, codes.Internal:
		return "", []problem.Problem{broken(IDProtocol, pathAddress, fmt.Sprintf("the satellite does not take %s (%s): %s", p.call(), status.Code(err), said),
			"use the satellite's port for "+string(orOTLP(p.Protocol))+" over gRPC, not that of HTTP or of another protocol")}
	case codes.DeadlineExceeded:
		return "", []problem.Problem{broken(IDUnavailable, pathAddress, fmt.Sprintf("the satellite gave no answer to %s within %s", p.call(), p.timeout()),
			"look at the satellite's load and logs; proxies give up after some seconds too, a collector tries again")}
	default:
		return "", []problem.Problem{broken(IDUnavailable, pathAddress, fmt.Sprintf("the satellite takes nothing now (%s): %s", status.Code(err), said),
			"look at the satellite, and at what stands in front of it")}
	}
}

func orOTLP(p Protocol) Protocol {
	if p == "" {
		return OTLP
	}
	return p
}

// call names what was called.
func (p *probe) call() string {
	if p.Protocol == LightStep {
		return "LightStep's CollectorService/Report"
	}
	return "OTLP's TraceService/Export"
}

func (p *probe) tokenFix() string {
	if p.Protocol == LightStep {
		return "take the token of the project from its settings, and set it in the values"
	}
	return fmt.Sprintf("take the token of the project from its settings; see that collector.headerName, %q, is the header that this backend reads", p.Header)
}
