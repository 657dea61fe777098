// Package parity holds the examples against the Helm that did not make them.
//
// The goldens under examples are the output of Helm 3, byte for byte: `make
// verify` renders them again. Here Helm 4 renders the same values and must give
// the same text, but for one empty line between the objects of one template.
package parity
