//go:build tools

// Package etcd pins the module that the etcd 3.6 binary is built from.
package etcd

import (
	_ "go.etcd.io/etcd/server/v3"
)
