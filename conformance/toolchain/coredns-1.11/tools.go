//go:build tools

// Package coredns pins the module coredns is built from.
package coredns

import _ "github.com/coredns/coredns"
