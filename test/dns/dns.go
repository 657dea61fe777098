// Package dns stands in for the cluster's DNS, in tests.
package dns

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// answers is the address of the server that stands in for DNS; empty: none does.
var answers atomic.Pointer[string]

// The resolver is replaced once, before anything dials: a test's connection may
// still be made in the background when the test has ended.
func init() {
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		if server := answers.Load(); server != nil {
			network, address = "udp", *server
		}
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

// Answer answers every question of the process for an address of IPv4 by
// these (RFC 1035, 4.1), until the test ends; with none of them, that the name
// does not exist.
func Answer(t *testing.T, addresses ...net.IP) {
	t.Helper()
	server, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go answer(server, addresses)
	address := server.LocalAddr().String()
	answers.Store(&address)
	t.Cleanup(func() {
		answers.Store(nil)
		_ = server.Close()
	})
}

func answer(server net.PacketConn, addresses []net.IP) {
	buffer := make([]byte, 512)
	for {
		n, from, err := server.ReadFrom(buffer)
		if err != nil {
			return
		}
		question := buffer[12:n]
		question = question[:strings.IndexByte(string(question), 0)+5]
		isA := question[len(question)-3] == 1
		reply := append([]byte{buffer[0], buffer[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, question...)
		if len(addresses) == 0 {
			reply[3] |= 3 // NXDOMAIN
		}
		for _, ip := range addresses {
			if isA {
				reply[7]++
				reply = append(append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4), ip.To4()...)
			}
		}
		_, _ = server.WriteTo(reply, from)
	}
}
