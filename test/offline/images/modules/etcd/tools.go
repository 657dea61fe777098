//go:build tools

// Package etcd pins the node image's etcd.
package etcd

import _ "go.etcd.io/etcd/server/v3"
