package terminal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

func TestTextHasColoursOnlyWhereTheyAreShown(t *testing.T) {
	t.Parallel()
	for coloured, wanted := range map[bool]string{
		true: "\x1b[1m\x1b[31mLost:\x1b[0m 2 spans\n", false: "Lost: 2 spans\n",
	} {
		text := terminal.Text{Coloured: coloured}
		text.Line("%s %s", text.In(terminal.Bold+terminal.Red, "Lost:"), terminal.Counted(2, "span"))
		assert.Equal(t, wanted, text.String())
	}
}

func TestNumbersAndNouns(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"0 spans", "1 span", "3 spans"},
		[]string{terminal.Counted(0, "span"), terminal.Counted(uint64(1), "span"), terminal.Counted(3, "span")})
}
