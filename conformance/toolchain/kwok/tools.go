//go:build tools

// Package kwok pins the module kwok is built from.
package kwok

import _ "sigs.k8s.io/kwok/cmd/kwok"
