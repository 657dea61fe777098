// Package ports gives tests ports for programs that listen by themselves.
package ports

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Ports come from blocks below those that a kernel gives to connections and to who asks
// for any port: nothing takes one between its choice and the start of the program that
// listens on it. The first port of a block is held for as long as the tests run, so that
// two runs at once have two blocks.
const (
	firstPort = 10000
	blockSize = 500
	blocks    = 38
)

type portBlock struct {
	mu   sync.Mutex
	held net.Listener
	next int // within the block
}

var blocksOfRun portBlock

// hold takes a block that no other run has.
func (b *portBlock) hold() error {
	for _, i := range rand.Perm(blocks) { //nolint:gosec // no secret: runs that start at once try others
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", firstPort+i*blockSize))
		if err == nil {
			b.held = listener
			return nil
		}
	}
	return errors.New("other runs hold all ports")
}

// free gives an address of the block on which nothing listens.
func (b *portBlock) free() (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held == nil {
		if err := b.hold(); err != nil {
			return "", err
		}
	}
	begin := b.held.Addr().(*net.TCPAddr).Port
	for range blockSize {
		b.next = b.next%(blockSize-1) + 1
		address := fmt.Sprintf("127.0.0.1:%d", begin+b.next)
		listener, err := net.Listen("tcp", address)
		if err == nil {
			return address, listener.Close()
		}
	}
	return "", errors.New("something listens on each port of this run's block")
}

// Address gives an address of the loopback on which nothing listens, and which nothing
// else takes.
func Address(t *testing.T) string {
	t.Helper()
	address, err := blocksOfRun.free()
	require.NoError(t, err)
	return address
}
