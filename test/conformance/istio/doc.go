// Package istio builds and runs real istioctl binaries, and small programs
// around Istio's own mesh config code, for every Istio minor the project
// serves.
//
// Each minor is a nested Go module in the folder named for it: go.mod and
// go.sum pin one release of istio.io/istio, main.go is the oracle (see the
// module in folder oracle). [Releases] is the one list of minors. [Build] puts
// the binaries into a cache outside of the tree; [Open] finds them there and
// fails when they are missing or were built from other sources, so that no
// test passes for want of a binary.
package istio
