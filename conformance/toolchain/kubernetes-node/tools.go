//go:build tools

// Package kubernetesnode pins the module the binaries of a node are built from. Apart from the control plane's, so that
// what only a node needs does not change the fingerprints of the others.
package kubernetesnode

import (
	_ "k8s.io/kubernetes/cmd/kube-proxy"
	_ "k8s.io/kubernetes/cmd/kubelet"
)
