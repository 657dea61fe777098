// Package istio installs real Istio as its users do, by istioctl with documents
// of their own, one of them standing for the user's (mine.yaml) and the others
// for what the chart renders.
package istio
