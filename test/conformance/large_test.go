package conformance_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/traffic"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// mostCall is the largest call that the collector accepts, in bytes.
const mostCall = 3 << 20

// TestLargeCalls sends calls in which one span is nearly all. What the exporter
// could not batch, and so would drop, must be refused, where its sender is told;
// what is accepted is delivered.
func TestLargeCalls(t *testing.T) {
	rig := newRig(t, 20*time.Millisecond)
	connection, err := grpc.NewClient(rig.as.receiver, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, connection.Close()) })
	client := collectortrace.NewTraceServiceClient(connection)
	first := uint64(9_000_000_000)
	for _, size := range []int{1 << 20, mostCall - 1, mostCall, mostCall + 1, 3_200_000, 3_900_000, 4<<20 - 1} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			call, ids := largeCall(first, size)
			first += uint64(len(ids))
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			_, err := client.Export(ctx, call)
			if size > mostCall {
				assert.Equal(t, codes.ResourceExhausted, status.Code(err), "%v", err)
				return
			}
			require.NoError(t, err)
			rig.wantDelivered(t, traffic.Sent{Acknowledged: ids})
		})
	}
}

// largeCall makes a call of five spans and so many bytes, most of them in one
// span, with ids from first on.
func largeCall(first uint64, size int) (*collectortrace.ExportTraceServiceRequest, []uint64) {
	var ids []uint64
	var spans []*tracev1.Span
	for id := first; id < first+traffic.SpansPerCall; id++ {
		span := &tracev1.Span{TraceId: make([]byte, 16), SpanId: binary.BigEndian.AppendUint64(nil, id), Name: "large"}
		span.TraceId[0] = 1
		ids, spans = append(ids, id), append(spans, span)
	}
	call := &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{ScopeSpans: []*tracev1.ScopeSpans{{Spans: spans}}}}}
	for fill := size - proto.Size(call); ; fill-- {
		text := strings.Repeat("x", fill)
		spans[2].Attributes = []*commonv1.KeyValue{{Key: "x", Value: &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: text}}}}
		if proto.Size(call) <= size {
			return call, ids
		}
	}
}

// TestTapThatHangs has a tap that takes nothing while proxies send more than
// any queue for it holds. No proxy may be refused, and no span come late.
func TestTapThatHangs(t *testing.T) {
	tap := &traffic.Backend{}
	rig := newRigOf(t, 20*time.Millisecond, func(t *testing.T, r *rig) {
		t.Helper()
		address := ports.Address(t)
		stop, err := tap.Serve(address)
		require.NoError(t, err)
		t.Cleanup(stop)
		r.as = configureCollector(t, r.folder, r.address, true, []render.Source{render.Set("collector.tap.enabled=true")},
			append([]string{"yaml:exporters::otlp_grpc/tap::endpoint: " + address}, limitMemory...)...)
	})
	require.Eventually(t, func() bool { return tap.Received() > 0 }, time.Minute, 50*time.Millisecond, "the tap has the first spans")
	t.Cleanup(tap.Stall())
	sent := rig.send(t, traffic.Proxies{Count: 50, CallsPerSecond: 1000}, 6*time.Second)
	require.Greater(t, len(sent.Acknowledged)+sent.Refused, 12_000, "too few to fill a queue")
	rig.wantAll(t, sent)
}
