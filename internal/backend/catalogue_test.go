package backend

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCatalogueIsRead(t *testing.T) {
	t.Parallel()
	c, err := parseCatalogue()
	require.NoError(t, err)
	for row, p := range c.Problems {
		assert.NotEmpty(t, p.ID, row)
		assert.NotEmpty(t, p.Reason, row)
	}
}
