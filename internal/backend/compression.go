package backend

import (
	"context"
	"fmt"
	"regexp"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/status"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

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

func (p *probe) gzipTaken() (string, []problem.Problem) {
	if p.Compression == "none" {
		return "taken, and " + p.places().Compression + " is none: with gzip less is sent", nil
	}
	return "taken", nil
}

func (p *probe) gzipRefused(said string) (string, []problem.Problem) {
	if p.Compression != gzip.Name {
		return "not taken: " + p.places().Compression + " must not be gzip", nil
	}
	return "", []problem.Problem{broken(IDGzip, p.places().Compression,
		"the backend does not take gzip, and the collector would drop every span: "+p.words(said), "set "+p.places().Compression+" to none")}
}

func (p *probe) gzipUnknown(said string) (string, []problem.Problem) {
	if p.Compression != gzip.Name {
		return "unknown", nil
	}
	return "unknown", []problem.Problem{doubtful(IDGzip, p.places().Compression,
		"whether the backend takes gzip is unknown: "+p.words(said), "try again; to be safe, set "+p.places().Compression+" to none")}
}
