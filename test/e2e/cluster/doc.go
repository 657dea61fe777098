// Package cluster is the Kubernetes cluster of a run, one that package kind made
// for it or one that the user has.
//
// It applies and deletes objects, waits until what was applied runs, runs
// commands in pods, takes a [Snapshot] of every object for comparing, and saves
// logs, events and states of pods when something failed. It needs no kubectl.
package cluster
