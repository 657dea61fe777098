package relay

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
)

func batch(parts ...string) mem.BufferSlice {
	var slice mem.BufferSlice
	for _, part := range parts {
		slice = append(slice, mem.SliceBuffer(part))
	}
	return slice
}

// What is remembered is bounded, and the oldest is forgotten: it was taken
// since, or went with its collector.
func TestBatchesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBatches(patience)
		for i := range 2 * remembered {
			assert.True(t, b.refused(batch(strconv.Itoa(i))))
			time.Sleep(time.Millisecond)
		}
		assert.Equal(t, remembered, len(b.since)) // Len would print them
		time.Sleep(patience)
		assert.True(t, b.refused(batch("0")), "forgotten")
		assert.False(t, b.refused(batch(strconv.Itoa(2*remembered-1))), "the newest is known")
	})
}

// A batch is its bytes, however they come in pieces.
func TestABatchIsItsBytes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBatches(patience)
		assert.True(t, b.refused(batch("one ", "batch")))
		time.Sleep(patience - time.Second)
		assert.True(t, b.refused(batch("one batch")))
		assert.True(t, b.refused(batch("another")))
		time.Sleep(time.Second)
		assert.False(t, b.refused(batch("o", "ne batch")))
		assert.True(t, b.refused(batch("another")))
	})
}

// Words of the backend are final with their code alone.
func TestWordsAreReadWithTheirCode(t *testing.T) {
	t.Parallel()
	b := newBatches(patience)
	for words, final := range map[string]codes.Code{
		"grpc: received message larger than max (5242880 vs. 4194304)":       codes.ResourceExhausted,
		"grpc: received message after decompression larger than max 4194304": codes.ResourceExhausted,
		"gRPC message exceeds maximum size 4194304: 5242880":                 codes.ResourceExhausted,
		"grpc: error unmarshalling request: invalid UTF-8":                   codes.Internal,
		"grpc: failed to unmarshal the received message: invalid UTF-8":      codes.Internal,
	} {
		for _, code := range []codes.Code{codes.ResourceExhausted, codes.Internal, codes.Unauthenticated} {
			want := codes.Unavailable
			if code == final {
				want = code
			}
			assert.Equal(t, want, status.Code(b.answer(batch(words), status.Error(code, words), "")), "%s: %s", code, words)
		}
	}
}
