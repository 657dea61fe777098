// Package migrate is what the test of a migration with traffic running is made
// of: the steps as a report prints them, and what became of each span.
//
// Spans of the provider of kind lightstep name no service, and a gateway makes
// another number of them from one Istio to the next; so traces are judged by the
// names of their spans, against all trees that they could be.
package migrate
