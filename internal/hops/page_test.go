package hops

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestThePageShowsWhatIsPrinted keeps docs/doctor-trace.md true.
func TestThePageShowsWhatIsPrinted(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/doctor-trace.md")
	require.NoError(t, err)
	r := run(t, bookinfo(copies("productpage", request)), 10)
	r.Seconds = 12.4
	assert.Contains(t, string(page), "```text\n"+written(t, r)+"```\n")
	without := judged(t, nil, nil)
	without.Gaps = nil
	s := tapped()
	delete(s.Workloads[0].PortNames, "tap")
	_, gap := findTaps(s)
	require.NotNil(t, gap)
	without.without(*gap)
	assert.Contains(t, string(page), "```text\n"+written(t, without)+"```\n")
}
