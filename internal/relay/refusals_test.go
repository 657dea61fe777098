package relay_test

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/istio-lightstep/istio-lightstep/internal/relay"
)

// What no backend of grpc-go can read is refused as it refuses it: sent again,
// it would hold a sender of the collector back indefinitely.
func TestWhatIsInABatchIsRefusedForGood(t *testing.T) {
	t.Parallel()
	p := newPair(t, nil)
	poison := &tracev1.Span{}
	poison.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 5, protowire.BytesType), "a sp\xffn")) // its name
	_, err := p.exportOne(t, poison)
	assert.Equal(t, codes.Internal, status.Code(err))
	assert.ErrorContains(t, err, "invalid UTF-8")

	_, err = p.exportOne(t, &tracev1.Span{Name: strings.Repeat("n", 5<<20)})
	assert.Equal(t, codes.ResourceExhausted, status.Code(err))
	assert.ErrorContains(t, err, "larger than max")
}

// A refusal that may be about what is in a batch is passed on once that batch
// was refused for some time. Other batches have their own time.
func TestABatchIsNotSentAgainIndefinitely(t *testing.T) {
	t.Parallel()
	const patience = 2 * time.Second
	other := &tracev1.Span{Name: "another span"}
	for _, code := range []codes.Code{codes.Internal, codes.Unknown, codes.AlreadyExists} {
		p := newPair(t, func(o *relay.Options) { o.Patience = patience })
		want := func(one *tracev1.Span, want codes.Code) {
			t.Helper()
			_, err := p.exportOne(t, one)
			require.Equal(t, want, status.Code(err))
			require.ErrorContains(t, err, "not now")
		}
		p.refusal.Store(int32(code))
		want(span, codes.Unavailable)
		time.Sleep(patience * 3 / 4)
		want(span, codes.Unavailable)
		want(other, codes.Unavailable)
		time.Sleep(patience / 2)
		want(span, code)
		want(other, codes.Unavailable)

		// What was taken begins anew.
		p.refusal.Store(int32(codes.OK))
		_, err := p.exportOne(t, other)
		require.NoError(t, err)
		time.Sleep(patience)
		p.refusal.Store(int32(code))
		want(other, codes.Unavailable)

		// What a person can fix is waited for however long it takes.
		p.refusal.Store(int32(codes.Unauthenticated))
		want(span, codes.Unavailable)
		time.Sleep(patience)
		want(span, codes.Unavailable)
	}
}

// The collector waits as long as the backend asks it to, whatever code it gets.
func TestWhenToSendAgainIsPassedOn(t *testing.T) {
	t.Parallel()
	p := newPair(t, nil)
	seconds := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 60)
	retry := &anypb.Any{TypeUrl: "type.googleapis.com/google.rpc.RetryInfo", Value: protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), seconds)}
	for code, want := range map[codes.Code]codes.Code{
		codes.ResourceExhausted: codes.Unavailable, codes.Unauthenticated: codes.Unavailable, codes.Unavailable: codes.Unavailable, codes.Aborted: codes.Aborted,
	} {
		said := status.New(code, "not now").Proto()
		said.Details = append(said.Details, &anypb.Any{TypeUrl: "type.googleapis.com/google.rpc.DebugInfo", Value: []byte("right")}, retry)
		p.said.Store(status.FromProto(said))
		_, err := p.export(t)
		require.Equal(t, want, status.Code(err))
		details := status.Convert(err).Proto().Details
		require.Len(t, details, 1, "%s: nothing else, which may hold the token", code)
		require.True(t, proto.Equal(retry, details[0]))
	}
}

// The collector logs what it gets.
func TestTheTokenIsInNoAnswer(t *testing.T) {
	t.Parallel()
	p := newPair(t, nil)
	for _, code := range []codes.Code{codes.Unauthenticated, codes.Internal, codes.InvalidArgument, codes.Unavailable} {
		for _, words := range []string{"invalid token right", "invalid token cmlnaHQ=", "\x1b[31mright\nright", strings.Repeat("right ", 1000)} {
			p.said.Store(status.New(code, words))
			_, err := p.export(t)
			require.ErrorContains(t, err, "[redacted]")
			require.NotContains(t, err.Error(), "right")
			require.NotContains(t, err.Error(), "cmlnaHQ=")
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), "\x1b")
			require.Less(t, len(err.Error()), 400)
		}
	}
}

// The collector pings every 10 seconds, with calls on their way and without.
func TestPingsOfTheCollectorAreNoAbuse(t *testing.T) {
	t.Parallel()
	listener := listen(t)
	go func() {
		_ = relay.Serve(t.Context(), listener, relay.Options{Receiver: relay.Receiver{Endpoint: "127.0.0.1:1", Plaintext: true}})
	}()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()                     //nolint:errcheck // a test's
	const settings, ping, goAway = 4, 6, 7 // of HTTP/2
	_, err = conn.Write(append([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 0, 0, 0, settings, 0, 0, 0, 0, 0))
	require.NoError(t, err)
	kinds := make(chan byte, 100)
	go func() {
		defer close(kinds)
		for head := make([]byte, 9); ; {
			if _, err := io.ReadFull(conn, head); err != nil {
				return
			}
			kinds <- head[3]
			if _, err := io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(head)>>8)); err != nil {
				return
			}
		}
	}()
	for range 6 { // the fourth would be one too many
		_, err = conn.Write(append([]byte{0, 0, 8, ping, 0, 0, 0, 0, 0}, "8 octets"...))
		require.NoError(t, err)
		for answered := false; !answered; {
			select {
			case kind, open := <-kinds:
				require.True(t, open, "the connection is closed")
				require.NotEqual(t, byte(goAway), kind, "the relay asks to go away")
				answered = kind == ping
			case <-time.After(30 * time.Second):
				t.Fatal("no answer to a ping")
			}
		}
		time.Sleep(5100 * time.Millisecond)
	}
}
