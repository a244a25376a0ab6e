// network-policy-check asks the policy code of cyclonus what NetworkPolicies do to connections.
//
// It reads one JSON document: {"policies": [NetworkPolicy...], "namespaces": {"name": {labels}}, "connections": [connection...]}. A connection is
//
//	{"from": peer, "to": peer, "port": 53, "protocol": "UDP"}   peer: {"ip": "10.0.0.1", "namespace": "a", "labels": {...}}
//
// A peer without a namespace is outside of the pod network: a machine, or another network.
//
// One line of JSON for each connection: {"allowed": bool, "ingress": bool, "egress": bool}. Exit status 2 when the document is none.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

type peer struct {
	IP        string            `json:"ip"`
	Namespace string            `json:"namespace"`
	Labels    map[string]string `json:"labels"`
}

type document struct {
	Policies    []json.RawMessage            `json:"policies"`
	Namespaces  map[string]map[string]string `json:"namespaces"`
	Connections []struct {
		From     peer            `json:"from"`
		To       peer            `json:"to"`
		Port     int             `json:"port"`
		Protocol corev1.Protocol `json:"protocol"`
	} `json:"connections"`
}

type verdict struct {
	Allowed bool `json:"allowed"`
	Ingress bool `json:"ingress"`
	Egress  bool `json:"egress"`
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println(version("github.com/mattfenwick/cyclonus"))
		return
	}
	logrus.SetLevel(logrus.ErrorLevel)
	if err := check(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func check(in io.Reader, out io.Writer) error {
	var read document
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		return err
	}
	var policies []*networkingv1.NetworkPolicy
	for i, raw := range read.Policies {
		policy := &networkingv1.NetworkPolicy{}
		if err := yaml.UnmarshalStrict(raw, policy); err != nil {
			return fmt.Errorf("policy %d: %w", i, err)
		}
		policies = append(policies, policy)
	}
	rules := matcher.BuildNetworkPolicies(false, policies)
	lines := json.NewEncoder(out)
	for i, connection := range read.Connections {
		from, err := read.trafficPeer(connection.From)
		if err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		to, err := read.trafficPeer(connection.To)
		if err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
		result := rules.IsTrafficAllowed(&matcher.Traffic{Source: from, Destination: to, ResolvedPort: connection.Port, Protocol: connection.Protocol})
		if err := lines.Encode(verdict{result.IsAllowed(), result.Ingress.IsAllowed(), result.Egress.IsAllowed()}); err != nil {
			return err
		}
	}
	return nil
}

func (d document) trafficPeer(p peer) (*matcher.TrafficPeer, error) {
	if p.IP == "" {
		return nil, fmt.Errorf("a peer has no address")
	}
	if p.Namespace == "" {
		return &matcher.TrafficPeer{IP: p.IP}, nil
	}
	labels, known := d.Namespaces[p.Namespace]
	if !known {
		return nil, fmt.Errorf("namespace %q has no labels", p.Namespace)
	}
	return &matcher.TrafficPeer{IP: p.IP, Internal: &matcher.InternalPeer{PodLabels: p.Labels, Namespace: p.Namespace, NamespaceLabels: labels}}, nil
}

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return "unknown"
}
