package backend

import (
	"context"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"
)

// reportMethod is where Envoy's native tracer sends spans.
const reportMethod = "/lightstep.collector.CollectorService/Report"

// Fields of the messages (lightstep-tracer-common, collector.proto).
const (
	requestAuth     protowire.Number = 2 // ReportRequest.auth
	authAccessToken protowire.Number = 1 // Auth.access_token
	responseErrors  protowire.Number = 4 // ReportResponse.errors
)

// reportLightStep calls Report with the token and no span.
func (p *probe) reportLightStep(ctx context.Context, conn *grpc.ClientConn) error {
	var request, response emptypb.Empty // to a message of no fields, those of any other are unknown, and kept
	for _, header := range p.Headers {
		auth := protowire.AppendString(protowire.AppendTag(nil, authAccessToken, protowire.BytesType), header.Value)
		request.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, requestAuth, protowire.BytesType), auth))
	}
	if err := conn.Invoke(ctx, reportMethod, &request, &response); err != nil {
		return err
	}
	// The only thing in the request that there can be errors of is the token.
	if said := textsOf(response.ProtoReflect().GetUnknown(), responseErrors); len(said) > 0 {
		return status.Error(codes.Unauthenticated, strings.Join(said, "; "))
	}
	return nil
}

// textsOf gives the texts of a field of a message.
func textsOf(message []byte, field protowire.Number) []string {
	var said []string
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return said
		}
		message = message[n:]
		if number == field && kind == protowire.BytesType {
			if text, n := protowire.ConsumeString(message); n >= 0 {
				said = append(said, text)
			}
		}
		if n = protowire.ConsumeFieldValue(number, kind, message); n < 0 {
			return said
		}
		message = message[n:]
	}
	return said
}
