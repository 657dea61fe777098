//go:build tools

// Package provisioner pins the volume provisioner of the node image.
package provisioner

import _ "github.com/rancher/local-path-provisioner"
