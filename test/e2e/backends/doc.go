// Package backends is what is kept of the item in which a mesh sends to several
// backends at once, one of which is away for a while: results/backends.json, from which
// a section of docs/reliability.md is written.
package backends
