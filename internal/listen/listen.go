// Package listen keeps a small server small: what anybody in the cluster can
// reach must not take the memory of its pod by opening connections.
package listen

import (
	"container/list"
	"net"
	"net/http"
	"sync"
	"time"
)

// patience is how long a client may take for a request.
const patience = 5 * time.Second

// HTTP gives a server for requests without a body, one a connection. writing
// bounds an answer.
func HTTP(handler http.Handler, writing time.Duration) *http.Server {
	server := &http.Server{
		Handler: handler, MaxHeaderBytes: 8 << 10,
		ReadHeaderTimeout: patience, ReadTimeout: patience, IdleTimeout: patience, WriteTimeout: writing,
	}
	server.SetKeepAlivesEnabled(false)
	return server
}

// Newest bounds how many connections of a listener are open. One more closes
// the oldest: a limit that has newcomers wait would let those who hold
// connections keep a probe out.
func Newest(listener net.Listener, most int) net.Listener {
	return &newest{Listener: listener, most: most}
}

type newest struct {
	net.Listener
	most int
	mu   sync.Mutex
	open list.List // of *conn, the oldest first
}

// Accept gives the next connection, and closes the oldest if there are too many.
func (n *newest) Accept() (net.Conn, error) {
	accepted, err := n.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &conn{Conn: accepted, of: n}
	n.mu.Lock()
	c.element = n.open.PushBack(c)
	var oldest *conn
	if n.open.Len() > n.most {
		oldest, _ = n.open.Front().Value.(*conn)
	}
	n.mu.Unlock()
	if oldest != nil {
		_ = oldest.Close() // Nothing is wanted of it any more.
	}
	return c, nil
}

type conn struct {
	net.Conn
	of      *newest
	element *list.Element
}

// Close closes the connection and gives its place free.
func (c *conn) Close() error {
	c.of.mu.Lock()
	c.of.open.Remove(c.element)
	c.of.mu.Unlock()
	return c.Conn.Close()
}
