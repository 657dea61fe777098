package relay

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// mended are the refusals that a collector drops for, and that end when a token,
// a project, a limit or a backend is mended.
var mended = []codes.Code{
	codes.Unauthenticated, codes.PermissionDenied, codes.ResourceExhausted, codes.Unimplemented, codes.FailedPrecondition, codes.NotFound,
}

// doubtful are those that may be about the backend, or about what is in a batch.
var doubtful = []codes.Code{codes.Internal, codes.Unknown, codes.AlreadyExists}

// ofTheBatch are the words of a gRPC server, of which code, by which no backend
// is going to take a batch, however often it is sent: it is too large for the
// server (grpc-go and C++, then Java), or grpc-go cannot decode it (up to 1.82,
// then 1.85), since a name is not UTF-8 for example. They are the backend's
// alone: what is relayed is never decoded here.
var ofTheBatch = []struct {
	code  codes.Code
	words string
}{
	{codes.ResourceExhausted, "larger than max"},
	{codes.ResourceExhausted, "exceeds maximum size"},
	{codes.Internal, "error unmarshalling request"},
	{codes.Internal, "failed to unmarshal the received message"},
}

// patience is how long a batch is sent again that may itself be why it is
// refused: long enough for a backend that restarts.
const patience = 5 * time.Minute

// remembered is how many batches are known that were refused: a collector sends
// 20 at a time.
const remembered = 256

// batches remember since when each is refused for what may be in it. A collector
// that sends a batch again sends the same bytes.
type batches struct {
	patience time.Duration
	seed     maphash.Seed

	mutex sync.Mutex
	since map[uint64]time.Time // by the hash of the bytes
}

func newBatches(patience time.Duration) *batches {
	return &batches{patience: patience, seed: maphash.MakeSeed(), since: map[uint64]time.Time{}}
}

// answer is what the collector gets in place of a backend's refusal: UNAVAILABLE
// to have it send the batch again, or the refusal, to have it drop the batch. It
// says when to send again where the backend does. Its words, which a collector logs,
// are without the secrets.
func (b *batches) answer(request mem.BufferSlice, err error, secrets ...string) error {
	refusal := status.Convert(err)
	answer := refusal.Proto()
	answer.Message = redact.Said(refusal.Message(), secrets...)
	answer.Details = slices.DeleteFunc(answer.Details, func(detail *anypb.Any) bool { return detail.MessageName() != "google.rpc.RetryInfo" })
	if b.again(request, refusal) {
		answer.Code = int32(codes.Unavailable)
		answer.Message = fmt.Sprintf("the backend refuses: code = %s desc = %s", refusal.Code(), answer.Message)
	}
	return status.ErrorProto(answer)
}

// again reports whether to have a batch sent again that is dropped by itself.
func (b *batches) again(request mem.BufferSlice, refusal *status.Status) bool {
	for _, of := range ofTheBatch {
		if refusal.Code() == of.code && strings.Contains(refusal.Message(), of.words) {
			return false
		}
	}
	return slices.Contains(mended, refusal.Code()) || slices.Contains(doubtful, refusal.Code()) && b.refused(request)
}

// refused remembers a batch, and reports whether to send it again.
func (b *batches) refused(request mem.BufferSlice) bool {
	key, now := b.key(request), time.Now()
	b.mutex.Lock()
	defer b.mutex.Unlock()
	since, known := b.since[key]
	if known && now.Sub(since) >= b.patience {
		delete(b.since, key)
		return false
	}
	if !known {
		b.forgetOldest()
		b.since[key] = now
	}
	return true
}

// taken forgets a batch, so that it does not take the place of another.
func (b *batches) taken(request mem.BufferSlice) {
	b.mutex.Lock()
	none := len(b.since) == 0
	b.mutex.Unlock()
	if none {
		return
	}
	key := b.key(request)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	delete(b.since, key)
}

// forgetOldest makes room for one more.
func (b *batches) forgetOldest() {
	if len(b.since) < remembered {
		return
	}
	var oldest uint64
	first := time.Now()
	for key, since := range b.since {
		if !since.After(first) {
			oldest, first = key, since
		}
	}
	delete(b.since, oldest)
}

func (b *batches) key(request mem.BufferSlice) uint64 {
	var hash maphash.Hash
	hash.SetSeed(b.seed)
	for _, buffer := range request {
		_, _ = hash.Write(buffer.ReadOnlyData())
	}
	return hash.Sum64()
}
