//go:build tools

// Package kubernetes pins the module that kubeadm of Kubernetes 1.30 is built from.
package kubernetes

import (
	_ "k8s.io/kubernetes/cmd/kubeadm"
)
