package satellite

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
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
	request := []byte{}
	if p.Token != "" {
		auth := protowire.AppendString(protowire.AppendTag(nil, authAccessToken, protowire.BytesType), p.Token)
		request = protowire.AppendBytes(protowire.AppendTag(nil, requestAuth, protowire.BytesType), auth)
	}
	var response []byte
	if err := conn.Invoke(ctx, reportMethod, request, &response, grpc.ForceCodecV2(rawCodec{})); err != nil {
		return err
	}
	// The only thing in the request that there can be errors of is the token.
	if said := errorsOf(response); len(said) > 0 {
		return status.Error(codes.Unauthenticated, strings.Join(said, "; "))
	}
	return nil
}

// errorsOf gives the errors that a ReportResponse holds.
func errorsOf(response []byte) []string {
	var said []string
	for len(response) > 0 {
		number, kind, n := protowire.ConsumeTag(response)
		if n < 0 {
			return said
		}
		response = response[n:]
		if number == responseErrors && kind == protowire.BytesType {
			if text, n := protowire.ConsumeString(response); n >= 0 {
				said = append(said, text)
			}
		}
		if n = protowire.ConsumeFieldValue(number, kind, response); n < 0 {
			return said
		}
		response = response[n:]
	}
	return said
}

// rawCodec sends and receives messages that are encoded already.
type rawCodec struct{}

// Marshal takes a message as []byte.
func (rawCodec) Marshal(message any) (mem.BufferSlice, error) {
	data, ok := message.([]byte)
	if !ok {
		return nil, fmt.Errorf("message is a %T, not encoded", message)
	}
	return mem.BufferSlice{mem.SliceBuffer(data)}, nil
}

// Unmarshal gives a message to a *[]byte.
func (rawCodec) Unmarshal(data mem.BufferSlice, message any) error {
	into, ok := message.(*[]byte)
	if !ok {
		return fmt.Errorf("message is wanted as a %T", message)
	}
	*into = data.Materialize()
	return nil
}

// Name is that of protobuf's encoding: so the content type is what it is.
func (rawCodec) Name() string { return "proto" }
