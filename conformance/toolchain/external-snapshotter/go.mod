module cdk8s-thousand-node/conformance/toolchain/external-snapshotter

go 1.26.6

require github.com/kubernetes-csi/external-snapshotter/client/v8 v8.4.0
