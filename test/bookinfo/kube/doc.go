// Package kube holds the Kubernetes objects of Bookinfo: bookinfo.yaml for the
// workloads, and a Gateway with its VirtualService in bookinfo-gateway.yaml
// (Istio 1.22 and later) and bookinfo-gateway-v1alpha3.yaml (earlier ones).
//
// No object has a namespace: the one applied to counts.
package kube

import "embed"

// Manifests holds the objects' files by their names.
//
//go:embed *.yaml
var Manifests embed.FS
