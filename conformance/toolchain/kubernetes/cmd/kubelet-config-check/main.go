// kubelet-config-check judges complete KubeletConfiguration files with the kubelet's own packages.
//
// The kubelet itself is no judge of a misspelt field: it logs the strict decoding error, decodes once
// more without strictness and starts. This program stops at the first step.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	logsapi "k8s.io/component-base/logs/api/v1"
	metricsfeatures "k8s.io/component-base/metrics/features"
	"k8s.io/component-base/version"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/apis/config/scheme"
	"k8s.io/kubernetes/pkg/kubelet/apis/config/validation"
	"sigs.k8s.io/yaml"

	// Registers the core types and, with them, the kubelet's feature gates.
	_ "k8s.io/kubernetes/pkg/kubelet/kubeletconfig/util/codec"
)

type verdict struct {
	File  string `json:"file"`
	OK    bool   `json:"ok"`
	Error string `json:"error"`
}

func main() {
	files := os.Args[1:]
	if len(files) == 1 && files[0] == "--version" {
		fmt.Println("Kubernetes", version.Get().GitVersion)
		return
	}
	if len(files) == 0 {
		fmt.Fprintln(os.Stderr, "usage: kubelet-config-check FILE... | --version")
		os.Exit(2)
	}

	// The kubelet adds these two families when it starts; without them a right gate would be unknown here.
	utilruntime.Must(logsapi.AddFeatureGates(utilfeature.DefaultMutableFeatureGate))
	utilruntime.Must(metricsfeatures.AddFeatureGates(utilfeature.DefaultMutableFeatureGate))

	_, codecs, err := scheme.NewSchemeAndCodecs(serializer.EnableStrict)
	utilruntime.Must(err)

	lines := json.NewEncoder(os.Stdout)
	lines.SetEscapeHTML(false)
	allOK := true
	for _, file := range files {
		v := verdict{File: file, OK: true}
		if err := check(codecs, file); err != nil {
			v.OK, v.Error, allOK = false, err.Error(), false
		}
		utilruntime.Must(lines.Encode(v))
	}
	if !allOK {
		os.Exit(1)
	}
}

func check(codecs *serializer.CodecFactory, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := checkOneDocument(content); err != nil {
		return err
	}
	config, err := decode(codecs, content)
	if err != nil {
		return err
	}

	// Validation asks two questions about the machine it runs on: is this a cgroup v1 host, and does the file
	// allow that? The file is meant for another machine, so both settings are left out of the validation;
	// the strict decoding above has already seen them.
	config.FailCgroupV1 = false
	config.SingleProcessOOMKill = nil

	// Validation adds the file's featureGates to a copy, so one file does not change the verdict on the next.
	return validation.ValidateKubeletConfiguration(config, utilfeature.DefaultFeatureGate)
}

// checkOneDocument refuses what a kubelet would never see: it reads the first YAML document only.
func checkOneDocument(content []byte) error {
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(content)))
	filled := 0
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		var value any
		// Not this function's question: decoding reports broken YAML with its line.
		if yaml.Unmarshal(document, &value) != nil || value != nil {
			filled++
		}
	}
	if filled > 1 {
		return fmt.Errorf("must hold one document, got %d; the kubelet reads only the first", filled)
	}
	return nil
}

func decode(codecs *serializer.CodecFactory, content []byte) (config *kubeletconfig.KubeletConfiguration, err error) {
	// Upstream's defaulting panics on a feature gate that is unknown or locked, where a kubelet would
	// crash; the next file still deserves its verdict.
	defer func() {
		if reason := recover(); reason != nil {
			config, err = nil, fmt.Errorf("%v", reason)
		}
	}()
	object, kind, err := codecs.UniversalDecoder().Decode(content, nil, nil)
	if err != nil {
		return nil, err
	}
	config, ok := object.(*kubeletconfig.KubeletConfiguration)
	if !ok {
		return nil, fmt.Errorf("must be a KubeletConfiguration, got %v", kind)
	}
	return config, nil
}
