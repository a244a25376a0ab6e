package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/core/remotes/docker/config"
	"github.com/containerd/log"
)

type endpoint struct {
	URL          string   `json:"url"`
	Capabilities []string `json:"capabilities"`
	Trusts       bool     `json:"trusts"`
}

type registry struct {
	Registry string `json:"registry"`
	// In the order in which they are asked.
	Endpoints []endpoint `json:"endpoints"`
	Complaint string     `json:"complaint,omitempty"`
}

var capabilities = []struct {
	name string
	bit  docker.HostCapabilities
}{
	{"pull", docker.HostCapabilityPull},
	{"resolve", docker.HostCapabilityResolve},
	{"push", docker.HostCapabilityPush},
	{"referrers", docker.HostCapabilityReferrers},
}

// registries reads a folder of hosts.toml files with the package that pulls use. A broken file is not refused: containerd complains on its
// log and asks the registry itself, so the complaint is part of the answer.
func registries(folder string, names []string, authorityFile string) error {
	var authority *x509.Certificate
	if authorityFile != "" {
		var err error
		if authority, err = certificate(authorityFile); err != nil {
			return err
		}
	}
	for _, name := range names {
		if err := output.Encode(asked(folder, name, authority)); err != nil {
			return err
		}
	}
	return nil
}

func asked(folder, name string, authority *x509.Certificate) registry {
	var complaints bytes.Buffer
	log.L.Logger.SetOutput(&complaints)
	found := registry{Registry: name, Endpoints: []endpoint{}}
	hosts, err := config.ConfigureHosts(context.Background(), config.HostOptions{HostDir: config.HostDirFromRoot(folder)})(name)
	for _, host := range hosts {
		may := []string{}
		for _, capability := range capabilities {
			if host.Capabilities.Has(capability.bit) {
				may = append(may, capability.name)
			}
		}
		found.Endpoints = append(found.Endpoints, endpoint{URL: host.Scheme + "://" + host.Host + host.Path, Capabilities: may, Trusts: trusts(host.Client, authority)})
	}
	found.Complaint = strings.TrimSpace(complaints.String())
	if err != nil {
		found.Complaint = err.Error()
	}
	return found
}

// trusts says whether a connection with this client would accept the authority's certificates.
func trusts(client *http.Client, authority *x509.Certificate) bool {
	transport, ok := client.Transport.(*http.Transport)
	if authority == nil || !ok || transport.TLSClientConfig == nil {
		return false
	}
	_, err := authority.Verify(x509.VerifyOptions{Roots: transport.TLSClientConfig.RootCAs, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return err == nil
}

func certificate(file string) (*x509.Certificate, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, fmt.Errorf("%s holds no certificate", file)
	}
	return x509.ParseCertificate(block.Bytes)
}
