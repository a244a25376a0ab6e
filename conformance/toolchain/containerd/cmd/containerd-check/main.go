// Command containerd-check reads what is written for containerd with containerd's own packages, and asks a running one what a kubelet asks.
//
//	containerd-check read FILE...                                     each file as a line of JSON, by the TOML library that containerd reads with
//	containerd-check registries [--authority FILE] FOLDER REGISTRY... whom containerd asks for images of each registry, one line of JSON each
//	containerd-check status SOCKET                                    version, conditions, runtime handlers, cgroup driver and configuration, as JSON
//	containerd-check pull SOCKET IMAGE                                the image's reference
//
// Exit status 1 with the message of containerd's code when it refuses, 2 on wrong usage.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/pelletier/go-toml/v2"
)

const module = "github.com/containerd/containerd/v2"

var output = json.NewEncoder(os.Stdout)

func main() {
	arguments := os.Args[1:]
	switch {
	case len(arguments) == 1 && arguments[0] == "--version":
		fmt.Println(version())
	case len(arguments) > 1 && arguments[0] == "read":
		exit(read(arguments[1:]))
	case len(arguments) > 4 && arguments[0] == "registries" && arguments[1] == "--authority":
		exit(registries(arguments[3], arguments[4:], arguments[2]))
	case len(arguments) > 2 && arguments[0] == "registries":
		exit(registries(arguments[1], arguments[2:], ""))
	case len(arguments) == 2 && arguments[0] == "status":
		exit(printStatus(arguments[1]))
	case len(arguments) == 3 && arguments[0] == "pull":
		exit(pull(arguments[1], arguments[2]))
	default:
		fmt.Fprintln(os.Stderr, "usage: containerd-check read FILE... | registries [--authority FILE] FOLDER REGISTRY... | status SOCKET | pull SOCKET IMAGE")
		os.Exit(2)
	}
}

func read(files []string) error {
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var document map[string]any
		if err := toml.Unmarshal(content, &document); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := output.Encode(document); err != nil {
			return err
		}
	}
	return nil
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

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
