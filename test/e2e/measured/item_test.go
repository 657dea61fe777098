package measured_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
)

func TestItemsAreBroken(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "short", measured.Item("short"))
	text := strings.Repeat("“word” ", 40)
	for indent, lines := range map[int]int{0: 4, 30: 5} {
		margin := strings.Repeat(" ", indent)
		broken := strings.Split(margin+"- "+measured.Items([]string{text}, indent)[0], "\n")
		require.Len(t, broken, lines)
		for i, line := range broken {
			assert.LessOrEqual(t, len(line), 120)
			assert.Equal(t, i > 0, strings.HasPrefix(line, margin+"  "), line)
		}
		assert.Equal(t, strings.Fields("- "+text), strings.Fields(strings.Join(broken, " ")))
	}
}
