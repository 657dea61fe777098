package backend

import (
	"context"
	"io"
	"net"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// prefaceText is what a client of HTTP/2 begins with: a fixed text and an empty
// SETTINGS frame (RFC 9113, 3.4). The server answers with a SETTINGS frame.
const prefaceText = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// frameHeader is the length of a frame's header.
const frameHeader = 9

// exchangePreface sends the preface and gives the head of what comes back.
func exchangePreface(ctx context.Context, conn net.Conn) ([]byte, error) {
	defer bound(ctx, conn)()
	if _, err := io.WriteString(conn, prefaceText); err != nil {
		return nil, err
	}
	answer := make([]byte, frameHeader)
	n, err := io.ReadAtLeast(conn, answer, 5)
	return answer[:n], err
}

// isSettings tells whether bytes are the head of a SETTINGS frame: its length,
// then its type, 4.
func isSettings(answer []byte) bool { return len(answer) > 3 && answer[3] == 4 && answer[0] == 0 }

// isAlert tells whether bytes are a TLS alert (RFC 8446, 5.1).
func isAlert(answer []byte) bool { return len(answer) > 1 && answer[0] == 0x15 && answer[1] == 3 }

func (p *probe) noHTTP2() problem.Problem {
	return broken(IDHTTP2, p.places().Endpoint, p.reached+" does not speak HTTP/2, which gRPC needs",
		"use the backend's gRPC port, not that of HTTP/1.1; a load balancer in between must offer h2 (ALPN) and pass it on")
}

// preface finds out whether the other side speaks HTTP/2. It is the last thing
// that is done with the connection.
func (p *probe) preface(ctx context.Context) (string, []problem.Problem) {
	defer p.close()
	if p.Secure && p.alpn != alpn {
		return "", []problem.Problem{p.noHTTP2()}
	}
	answer, err := exchangePreface(ctx, p.conn)
	switch {
	case err == nil && isSettings(answer):
		return "", nil
	case !p.Secure && (isAlert(answer) || hangsUp(err) && p.speaksTLS(ctx)):
		return "", []problem.Problem{p.wantsTLS()}
	case isTimeout(err):
		return "", []problem.Problem{broken(IDHTTP2, p.places().Endpoint, p.reached+" took the connection but said nothing in time",
			"see that this is the backend's gRPC port, and that what stands between is not half-open")}
	case err != nil && aboutClient(err):
		return "", []problem.Problem{p.clientRefused(err)}
	default:
		return "", []problem.Problem{p.noHTTP2()}
	}
}
