// Package leftover finds what still mentions LightStep on a cluster or in
// files, after a move to another backend. It names the object and the place in
// it, and shows nothing of what stands there.
package leftover
