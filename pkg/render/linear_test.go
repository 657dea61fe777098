//go:build !race

package render_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Eight times as many gateways take some eight times as long on any machine; the square would be 64 times.
func TestRenderIsLinear(t *testing.T) {
	r := newRenderer(t)
	took := func(number int) time.Duration {
		v := manyGateways(t, number)
		start := time.Now()
		_, err := r.Render(t.Context(), v)
		require.NoError(t, err)
		return time.Since(start)
	}
	var times float64
	for range 5 { // A busy machine makes any one of them longer.
		few, many := took(2_500), took(20_000)
		t.Logf("2,500 gateways take %v, 20,000 take %v", few, many)
		if times = many.Seconds() / few.Seconds(); times < 24 {
			return
		}
	}
	assert.Less(t, times, 24.0)
}
