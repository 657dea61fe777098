package load

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	assert.Empty(t, Results{}.Sizes(10))
	assert.Zero(t, Results{}.CostliestPerCore())
	measured := Results{Spans: []Spans{
		{PerSecond: 3000, Seconds: 1, Taken: 3000, Sent: 3000, CPU: 0.2, Limit: 512, Memory: 70},
		{PerSecond: 3000, Seconds: 1, Taken: 3000, Sent: 3000, CPU: 0.3, Limit: 512, Memory: 90}, // 10,000 for a core
		{Replicas: 1, Seconds: 1, Taken: 20000, Sent: 20000, CPU: 4, Limit: 512},                 // no rate
		{Replicas: 1, Seconds: 1, Taken: 50000, Sent: 50000, CPU: 1, Limit: 512, Away: true},
		{Replicas: 3, Seconds: 1, Taken: 30000, Sent: 30000, CPU: 1, Limit: 512},
	}}
	assert.InDelta(t, 10000, measured.CostliestPerCore(), 1e-6)
	assert.InDelta(t, 90, measured.MostMemory(), 0)
	sizes := measured.Sizes(10, 20000, 21000, 100000)
	assert.Equal(t, []int{2, 3, 3, 15}, []int{sizes[0].Collectors, sizes[1].Collectors, sizes[2].Collectors, sizes[3].Collectors})
	assert.Equal(t, []bool{true, true, false, false}, []bool{sizes[0].Measured, sizes[1].Measured, sizes[2].Measured, sizes[3].Measured})
	assert.InDelta(t, 10, sizes[3].Cores, 1e-6)
	assert.InDelta(t, 7.5, sizes[3].Memory, 1e-6)
	// 5 spans a second to each, of 900 bytes, for an hour, in 40 % of the volume.
	assert.InDelta(t, 5*3600*900/0.4/(1<<30), sizes[0].Volume, 1e-9)
}
