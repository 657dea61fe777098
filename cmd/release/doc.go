// Package release builds everything that a release of this project consists of,
// and publishes it: the chart, the image, the command's archives with
// completions and man pages, Helm's and kubectl's plugins, SBOMs, checksums,
// provenance and notes. One commit gives the same bytes, whoever builds it:
// every time in them is the commit's.
//
// It ties together what others do: Go builds and cross-compiles, Helm packages
// and pushes the chart, go-containerregistry makes and pushes the image,
// cyclonedx-gomod writes SBOMs and cosign signs.
package release
