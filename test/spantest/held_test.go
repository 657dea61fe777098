//go:build unix

package spantest_test

import (
	"fmt"
	"net"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// held gives an address of this machine that nobody else is given until the test ends, for
// a program that listens by itself. The test holds the port by a socket that does not
// listen: the kernel gives it to nobody who asks for any port, and a program that names it
// may listen on it, as both allow the address to be used again.
func held(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Close(fd) })
	syscall.CloseOnExec(fd)
	require.NoError(t, syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1))
	require.NoError(t, syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	bound, err := syscall.Getsockname(fd)
	require.NoError(t, err)
	return fmt.Sprintf("127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
}

func TestAHeldPortIsForWhoNamesIt(t *testing.T) {
	t.Parallel()
	address := held(t)
	for range 2 {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
		require.NoError(t, err, "a program listens on it, and again after it was restarted")
		_, err = new(net.ListenConfig).Listen(t.Context(), "tcp", address)
		require.ErrorIs(t, err, syscall.EADDRINUSE)
		require.NoError(t, listener.Close())
	}
	others := map[string]bool{address: true}
	for range 500 {
		other := held(t)
		assert.False(t, others[other], "it was given twice")
		others[other] = true
	}
}
