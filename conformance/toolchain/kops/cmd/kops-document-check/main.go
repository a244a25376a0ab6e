// Command kops-document-check decodes the documents of one kOps cluster strictly with the API types of kOps, and validates them with its own rules.
//
// Files hold Cluster, InstanceGroup and additional objects. A field that the types lack is an error, as is a key given twice; then follows what
// `kops create` and `kops replace` check before they look at a cloud: the cluster, each group against the cluster, additional objects. One line of JSON for each
// document; with --print the decoded object and the flags that kOps makes of it, with the code that builds the command lines of its nodes. --fields prints
// the fields of the components' specifications with flag and type, by reflection.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime/debug"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	jsonserializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/kops/pkg/apis/kops"
	"k8s.io/kops/pkg/apis/kops/v1alpha2"
	"k8s.io/kops/pkg/apis/kops/validation"
	"k8s.io/kops/pkg/flagbuilder"
	"k8s.io/kops/pkg/kopscodecs"
	"k8s.io/kops/util/pkg/vfs"
	"sigs.k8s.io/yaml"
)

const module = "k8s.io/kops"

type verdict struct {
	File   string              `json:"file"`
	Kind   string              `json:"kind,omitempty"`
	Name   string              `json:"name,omitempty"`
	Ok     bool                `json:"ok"`
	Error  string              `json:"error,omitempty"`
	Object any                 `json:"object,omitempty"`
	Flags  map[string][]string `json:"flags,omitempty"`

	internal runtime.Object
	extra    *unstructured.Unstructured
}

type specField struct {
	Field string `json:"field"`
	Flag  string `json:"flag,omitempty"`
	Type  string `json:"type"`
}

func main() {
	arguments := os.Args[1:]
	if len(arguments) == 1 && arguments[0] == "--version" {
		fmt.Println(version())
		return
	}
	output := json.NewEncoder(os.Stdout)
	if len(arguments) == 1 && arguments[0] == "--fields" {
		exit(output.Encode(allFields()))
		return
	}
	print := len(arguments) > 0 && arguments[0] == "--print"
	if print {
		arguments = arguments[1:]
	}
	if len(arguments) == 0 {
		fmt.Fprintln(os.Stderr, "usage: kops-document-check [--print] FILE... | --fields | --version")
		os.Exit(2)
	}
	var found []*verdict
	for _, file := range arguments {
		found = append(found, decode(file)...)
	}
	validate(found)
	refused := false
	for _, one := range found {
		if print && one.Ok {
			one.Flags = flags(one)
		} else {
			one.Object = nil
		}
		refused = refused || !one.Ok
		exit(output.Encode(one))
	}
	if refused {
		os.Exit(1)
	}
}

func decode(file string) []*verdict {
	content, err := os.ReadFile(file)
	if err != nil {
		return []*verdict{{File: file, Error: err.Error()}}
	}
	strict := jsonserializer.NewSerializerWithOptions(jsonserializer.DefaultMetaFactory, kopscodecs.Scheme, kopscodecs.Scheme, jsonserializer.SerializerOptions{Yaml: true, Strict: true})
	var found []*verdict
	reader := utilyaml.NewDocumentDecoder(io.NopCloser(bytes.NewReader(content)))
	for {
		document := make([]byte, len(content)+1)
		count, err := reader.Read(document)
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			return append(found, &verdict{File: file, Error: err.Error()})
		}
		found = append(found, decodeDocument(file, document[:count], strict))
	}
}

func decodeDocument(file string, document []byte, strict runtime.Serializer) *verdict {
	one := &verdict{File: file}
	var head unstructured.Unstructured
	if err := yaml.UnmarshalStrict(document, &head.Object); err != nil {
		one.Error = err.Error()
		return one
	}
	one.Kind, one.Name = head.GetKind(), head.GetName()
	if head.GroupVersionKind().Group != v1alpha2.SchemeGroupVersion.Group {
		one.Object, one.extra = head.Object, &head
		return one
	}
	object, _, err := strict.Decode(document, nil, nil)
	if err != nil {
		one.Error = err.Error()
		return one
	}
	one.Object = object
	one.internal, err = kopscodecs.Scheme.ConvertToVersion(object, kops.SchemeGroupVersion)
	if err != nil {
		one.Error = err.Error()
	}
	return one
}

// Not strict in the sense of kOps: that demands what only its own defaults fill in.
func validate(found []*verdict) {
	var cluster *kops.Cluster
	for _, one := range found {
		if candidate, ok := one.internal.(*kops.Cluster); ok {
			cluster = candidate
		}
	}
	for _, one := range found {
		if one.Error != "" {
			continue
		}
		var problems field.ErrorList
		switch object := one.internal.(type) {
		case *kops.Cluster:
			problems = validation.ValidateCluster(object, false, vfs.NewVFSContext())
		case *kops.InstanceGroup:
			if cluster == nil {
				one.Error = "no Cluster among the files: a group is validated against its cluster"
				continue
			}
			if label := object.ObjectMeta.Labels[kops.LabelClusterName]; label != cluster.ObjectMeta.Name {
				one.Error = fmt.Sprintf("label %s is %q, the cluster is %q", kops.LabelClusterName, label, cluster.ObjectMeta.Name)
				continue
			}
			problems = validation.CrossValidateInstanceGroup(object, cluster, nil, false)
		default:
			if one.extra == nil {
				one.Error = "neither Cluster nor InstanceGroup"
				continue
			}
			problems = validation.ValidateAdditionalObject(context.Background(), field.NewPath("spec"), one.extra)
		}
		if err := problems.ToAggregate(); err != nil {
			one.Error = err.Error()
			continue
		}
		one.Ok = true
	}
}

// What the nodes of kOps hand to the components on their command lines.
func flags(one *verdict) map[string][]string {
	made := map[string][]string{}
	add := func(component string, specification any) {
		if reflect.ValueOf(specification).IsNil() {
			return
		}
		list, err := flagbuilder.BuildFlagsList(specification)
		exit(err)
		made[component] = list
	}
	switch object := one.internal.(type) {
	case *kops.Cluster:
		add("kube-apiserver", object.Spec.KubeAPIServer)
		add("kube-controller-manager", object.Spec.KubeControllerManager)
		add("kube-scheduler", object.Spec.KubeScheduler)
	case *kops.InstanceGroup:
		add("kubelet", object.Spec.Kubelet)
	}
	return made
}

func allFields() map[string][]specField {
	return map[string][]specField{
		"kubelet":                 fields(reflect.TypeOf(v1alpha2.KubeletConfigSpec{})),
		"kube-apiserver":          fields(reflect.TypeOf(v1alpha2.KubeAPIServerConfig{})),
		"kube-controller-manager": fields(reflect.TypeOf(v1alpha2.KubeControllerManagerConfig{})),
		"kube-scheduler":          fields(reflect.TypeOf(v1alpha2.KubeSchedulerConfig{})),
	}
}

func fields(specification reflect.Type) []specField {
	var found []specField
	for i := range specification.NumField() {
		member := specification.Field(i)
		name, _, _ := strings.Cut(member.Tag.Get("json"), ",")
		flag, _, _ := strings.Cut(member.Tag.Get("flag"), ",")
		found = append(found, specField{Field: name, Flag: flag, Type: strings.TrimPrefix(member.Type.String(), "*")})
	}
	return found
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func version() string {
	build, _ := debug.ReadBuildInfo()
	for _, dependency := range build.Deps {
		if dependency.Path == module {
			return dependency.Version
		}
	}
	return "unknown"
}
