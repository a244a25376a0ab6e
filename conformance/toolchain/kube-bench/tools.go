//go:build tools

// Package kubebench pins the module kube-bench is built from.
package kubebench

import _ "github.com/aquasecurity/kube-bench"
