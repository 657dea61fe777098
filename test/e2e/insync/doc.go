// Package insync compares what an API server keeps of an object with what was
// applied, as tools that keep a cluster in sync with a repository do: a field that
// the server writes in another way is out of sync for ever.
package insync
