module cdk8s-thousand-node/conformance/toolchain/coredns-1.11

go 1.26.0

require github.com/coredns/coredns v1.11.1
