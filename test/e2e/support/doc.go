// Package support writes docs/support.md: which versions of Istio, Kubernetes,
// Helm and the collector are tested, and by what. All of it is read from the files
// that decide what the tests run, and from what they showed last.
package support
