// Package traffic asks Bookinfo's product page through the ingress gateway, a
// bounded number of times or until it is stopped, and keeps book: every request
// has a marker of its own in its URL, by which its trace is found.
//
// Nothing is put into the request's headers, so tracing starts where it starts
// for a user.
package traffic
