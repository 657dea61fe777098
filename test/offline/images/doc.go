// Package images makes the container images that a real mesh in a kind cluster
// needs, and loads them into it.
//
// The table images.yaml names them all. Their names and tags are the official
// ones, so that the same tests run on images that are pulled and on images that
// are built; only where an image comes from differs:
//
//   - [Official] says which of them a registry has, and [PullInto] has the nodes
//     of a cluster pull these.
//   - [Build] makes the others from Go modules, wheels of PyPI, a jar of Maven
//     Central and Debian packages. It needs no container registry and, but for the
//     node's image, no Docker. It needs root, because debootstrap does. It gives
//     archives as `docker save` writes them, which [Load] brings into the nodes.
//
// [Serve] is a registry that has what was built: the way of pulled images is
// tested with it.
//
// # Cache
//
// An archive's name ends with a hash of all that the image is made of: its row
// of the table, its go.mod and go.sum, the sources of this repository that go
// into it, the version of Go, and the pinned hashes of what is downloaded. An
// archive that is there is used as it is. One that a newer one of the same image
// replaces is removed. Debian packages are those that the mirror had on the day
// the root was made: their versions are not part of the hash.
//
// # Not the official images
//
// Envoy is the upstream one, without Istio's own filters, so istiod must be told
// not to configure them: istio.yaml beside this file holds the settings. Of
// Bookinfo there is the stand-in in test/bookinfo. The satellite's stand-in is a
// collector of the parts that the tests need.
package images
