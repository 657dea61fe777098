//go:build race

package main

// scripts are those of commands that do several things at once. Of the others the race detector learns nothing in
// the minutes that they take with it.
var scripts = []string{"doctor*", "trace", "calls", "migrate-live", "bounded-kubeconfig"}
