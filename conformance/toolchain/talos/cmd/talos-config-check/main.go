// Command talos-config-check applies machine configuration patches to configurations that Talos' own generator makes, and has Talos judge the outcome.
//
// Each argument is a machine, `controlplane=PATCH,PATCH...` or `worker=PATCH,...`: the patches are loaded strictly (an unknown document, key or type is an error),
// merged in this order as `talosctl gen config --config-patch` merges them, written, read back, and validated as a machine of metal and one of a cloud would,
// the range of Kubernetes included. One line of JSON for each machine; with --print the merged documents. Secrets are made for each run, live in memory alone
// and are blanked before anything is printed. --facts prints what the module knows and a library might repeat.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/siderolabs/talos/pkg/machinery/compatibility"
	coreconfig "github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/config/types/k8s"
	"github.com/siderolabs/talos/pkg/machinery/config/types/meta"
	"github.com/siderolabs/talos/pkg/machinery/config/types/runtime"
	"github.com/siderolabs/talos/pkg/machinery/constants"
	"github.com/siderolabs/talos/pkg/machinery/kubelet"
	talosversion "github.com/siderolabs/talos/pkg/machinery/version"
)

const module = "github.com/siderolabs/talos/pkg/machinery"

type verdict struct {
	Machine   string   `json:"machine"`
	Ok        bool     `json:"ok"`
	Error     string   `json:"error,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
	Documents []any    `json:"documents,omitempty"`
}

type mode struct {
	name            string
	requiresInstall bool
}

func (m mode) String() string        { return m.name }
func (m mode) RequiresInstall() bool { return m.requiresInstall }
func (m mode) InContainer() bool     { return false }

// As internal/app/machined/pkg/runtime has them: a machine of metal installs itself, an image of a cloud is installed already.
var modes = []mode{{"metal", true}, {"cloud", false}}

func main() {
	show := flag.Bool("version", false, "print the version of the module")
	facts := flag.Bool("facts", false, "print what the module knows")
	print := flag.Bool("print", false, "print the merged documents")
	name := flag.String("cluster", "check", "name of the cluster")
	endpoint := flag.String("endpoint", "https://api.example.com:6443", "endpoint of the cluster")
	release := flag.String("kubernetes-version", constants.DefaultKubernetesVersion, "release that configurations are generated for")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: talos-config-check [--print] [--cluster NAME] [--endpoint URL] [--kubernetes-version X.Y.Z] (controlplane|worker)=PATCH[,PATCH...]... | --facts [FLAG...] | --version")
		flag.PrintDefaults()
	}
	flag.Parse()
	output := json.NewEncoder(os.Stdout)
	switch {
	case *show:
		fmt.Println(version())
		return
	case *facts:
		exit(output.Encode(allFacts(flag.Args())))
		return
	case flag.NArg() == 0:
		flag.Usage()
		os.Exit(2)
	}
	bundle, err := secrets.NewBundle(secrets.NewFixedClock(time.Now()), coreconfig.TalosVersionCurrent)
	exit(err)
	// What `talosctl gen config` gives by itself: the installation disk is one of its flags and has a default.
	input, err := generate.NewInput(*name, *endpoint, *release, generate.WithSecretsBundle(bundle),
		generate.WithInstallDisk("/dev/sda"), generate.WithInstallImage("factory.example.com/metal-installer/schematic:v0.0.0"))
	exit(err)
	refused := false
	for _, argument := range flag.Args() {
		one := judge(input, argument, *print)
		refused = refused || !one.Ok
		exit(output.Encode(one))
	}
	if refused {
		os.Exit(1)
	}
}

func judge(input *generate.Input, argument string, print bool) *verdict {
	one := &verdict{Machine: argument}
	merged, err := merge(input, argument)
	if err != nil {
		one.Error = err.Error()
		return one
	}
	var problems []error
	for _, mode := range modes {
		warnings, err := merged.ValidateAsClient(mode)
		for _, warning := range warnings {
			one.Warnings = append(one.Warnings, mode.name+": "+warning)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", mode.name, err))
		}
	}
	if err := errors.Join(problems...); err != nil {
		one.Error = err.Error()
		return one
	}
	one.Ok = true
	if print {
		one.Documents, err = documents(merged.RedactSecrets("blanked"))
		exit(err)
	}
	return one
}

func merge(input *generate.Input, argument string) (coreconfig.Provider, error) {
	role, files, _ := strings.Cut(argument, "=")
	kind, err := machine.ParseType(role)
	if err != nil {
		return nil, err
	}
	base, err := input.Config(kind)
	if err != nil {
		return nil, err
	}
	var patches []configpatcher.Patch
	for _, file := range strings.Split(files, ",") {
		patch, err := configpatcher.LoadPatches([]string{"@" + file})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		patches = append(patches, patch...)
	}
	merged, err := configpatcher.Apply(configpatcher.WithConfig(base), patches)
	if err != nil {
		return nil, err
	}
	text, err := merged.Bytes()
	if err != nil {
		return nil, err
	}
	return configloader.NewFromBytes(text)
}

func documents(provider coreconfig.Provider) ([]any, error) {
	text, err := provider.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	if err != nil {
		return nil, err
	}
	var found []any
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document any
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		found = append(found, document)
	}
}

// What a library might know of Talos without asking it. Arguments are flags of the API server and paths below /etc: those that are refused come back.
func allFacts(candidates []string) map[string]any {
	talos, err := compatibility.ParseTalosVersion(talosversion.NewVersion())
	exit(err)
	var minors []int
	for minor := range 100 {
		release, err := compatibility.ParseKubernetesVersion(fmt.Sprintf("1.%d.0", minor))
		exit(err)
		if release.SupportedWith(talos) == nil {
			minors = append(minors, minor)
		}
	}
	var flags, files []string
	for _, candidate := range candidates {
		if path, isFile := strings.CutPrefix(candidate, "/etc/"); isFile {
			if _, err := runtime.NewEtcFileConfigV1Alpha1(path).Validate(modes[0]); err != nil {
				files = append(files, candidate)
			}
			continue
		}
		server := k8s.NewKubeAPIServerConfigV1Alpha1()
		server.PodImage = constants.KubernetesAPIServerImage + ":v" + constants.DefaultKubernetesVersion
		server.PodArgs = meta.Args{candidate: meta.NewArgValue("x", nil)}
		if _, err := server.Validate(modes[0]); err != nil {
			flags = append(flags, candidate)
		}
	}
	return map[string]any{
		"kubernetesMinors":       minors,
		"protectedKubeletFields": kubelet.ProtectedConfigurationFields,
		"refusedFlags":           flags,
		"refusedFiles":           files,
		"kubeletImage":           constants.KubeletImage,
		"etcdVersion":            constants.DefaultEtcdVersion,
		"auditLogs":              constants.KubernetesAuditLogDir,
		"apiServerSecrets":       constants.KubernetesAPIServerSecretsDir,
		"reservedPorts":          []int{constants.ApidPort, constants.TrustdPort},
		"etcdHttpPort":           constants.EtcdClientHTTPPort,
	}
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
