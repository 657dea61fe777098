package doctor

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// With collector.retryRefused the collector sends to a container beside it; the
// satellite, the token and the CA are that one's.
func TestARelayedCollectorIsLookedThrough(t *testing.T) {
	t.Parallel()
	plain, relayed := collectorOf(t, "collector"), collectorOf(t, "relayed")
	require.Len(t, relayed.exporters, 1)
	direct, through := plain.exporters[0], relayed.exporters[0]
	assert.True(t, through.relayed)
	assert.Equal(t, "lightstep-satellite.lightstep", through.host)
	assert.Equal(t, 9292, through.port)
	assert.Equal(t, direct.credentials, through.credentials)
	assert.Equal(t, direct.ca, through.ca)
	assert.NotEmpty(t, through.credentials[0].key)
	assert.NotEmpty(t, through.ca.key)

	snapshot, d := examined(t, recordedBase(t, "relayed"))
	assert.Empty(t, d.Examine(snapshot, nil))
	found := d.Examine(snapshot, collectorState(failure(CauseToken, time.Second)))
	require.Equal(t, []string{"LS-COLLECTOR-TOKEN-REFUSED"}, idsOf(found))
	assert.Equal(t, "every span for backend lightstep, once the queue is full", found[0].Lost)
}

// What a relay passes on of a refusal is in the collector's log as its cause.
func TestARelaysRefusalHasItsCause(t *testing.T) {
	t.Parallel()
	assert.Equal(t, CauseToken, causeOf("rpc error: code = Unavailable desc = the backend refuses: code = Unauthenticated desc = unknown token"))
}

func collectorOf(t *testing.T, base string) *collector {
	t.Helper()
	snapshot, d := examined(t, recordedBase(t, base))
	e := &examination{Doctor: d, Snapshot: snapshot}
	for _, p := range e.planes() {
		if c := p.dest.collector; c != nil {
			return c
		}
	}
	t.Fatal("no collector")
	return nil
}
