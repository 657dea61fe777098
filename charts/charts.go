// Package charts embeds the Helm charts of this repository, byte for byte as
// `helm install` reads them, and nothing else.
package charts

import "embed"

// FS holds each chart in a folder of its own name: istio-lightstep.
//
//go:embed all:istio-lightstep
var FS embed.FS
