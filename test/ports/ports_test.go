package ports

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPortsAreNotGivenTwice(t *testing.T) {
	t.Parallel()
	var a, b portBlock
	t.Cleanup(func() { _ = errors.Join(a.held.Close(), b.held.Close()) })
	seen := map[string]bool{}
	for _, block := range []*portBlock{&a, &b, &a, &b} {
		address, err := block.free()
		require.NoError(t, err)
		assert.False(t, seen[address], "%s was given before", address)
		seen[address] = true
	}
	assert.NotEqual(t, a.held.Addr(), b.held.Addr(), "two runs at once")
	// One that something listens on is passed over.
	a.next = 7
	taken, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", a.held.Addr().(*net.TCPAddr).Port+8))
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	address, err := a.free()
	require.NoError(t, err)
	assert.NotEqual(t, taken.Addr().String(), address)
}
