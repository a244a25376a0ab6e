//go:build tools

// Package promtool pins the module promtool is built from.
package promtool

import _ "github.com/prometheus/prometheus/cmd/promtool"
