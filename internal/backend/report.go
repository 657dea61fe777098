package backend

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
	for _, header := range p.Headers {
		auth := protowire.AppendString(protowire.AppendTag(nil, authAccessToken, protowire.BytesType), header.Value)
		request = protowire.AppendBytes(protowire.AppendTag(nil, requestAuth, protowire.BytesType), auth)
	}
	var response []byte
	if err := conn.Invoke(ctx, reportMethod, request, &response, grpc.ForceCodecV2(rawCodec{})); err != nil {
		return err
	}
	// The only thing in the request that there can be errors of is the token.
	if said := textsOf(response, responseErrors); len(said) > 0 {
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
