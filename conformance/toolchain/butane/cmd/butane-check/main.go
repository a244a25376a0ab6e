// Command butane-check translates Butane strictly and validates Ignition, with the packages of both projects.
//
// A file that ends in .bu is translated: every warning is an error, as with `butane --strict`, and local files are not read. A file that ends
// in .ign is parsed by Ignition itself, where warnings are errors too. One line of JSON for each file; the translation of a .bu file
// or the content of a .ign file is in it with --print.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/coreos/butane/config"
	"github.com/coreos/butane/config/common"
	ignition "github.com/coreos/ignition/v2/config"
)

const module = "github.com/coreos/butane"

type verdict struct {
	File    string `json:"file"`
	Ok      bool   `json:"ok"`
	Error   string `json:"error,omitempty"`
	Version string `json:"version,omitempty"`
	Config  any    `json:"config,omitempty"`
}

func main() {
	arguments := os.Args[1:]
	if len(arguments) == 1 && arguments[0] == "--version" {
		fmt.Println(version())
		return
	}
	print := len(arguments) > 0 && arguments[0] == "--print"
	if print {
		arguments = arguments[1:]
	}
	if len(arguments) == 0 {
		fmt.Fprintln(os.Stderr, "usage: butane-check [--print] FILE...")
		os.Exit(2)
	}
	refused := false
	output := json.NewEncoder(os.Stdout)
	for _, file := range arguments {
		found := judge(file, print)
		refused = refused || !found.Ok
		if err := output.Encode(found); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
	}
	if refused {
		os.Exit(1)
	}
}

func judge(file string, print bool) verdict {
	content, err := os.ReadFile(file)
	if err != nil {
		return verdict{File: file, Error: err.Error()}
	}
	if !strings.HasSuffix(file, ".bu") {
		return judgeIgnition(file, content, print)
	}
	translated, report, err := config.TranslateBytes(content, common.TranslateBytesOptions{Pretty: false})
	if err != nil {
		return verdict{File: file, Error: strings.TrimSpace(err.Error() + "\n" + report.String())}
	}
	// Strict: a key that Butane does not know is a warning for it.
	if len(report.Entries) > 0 {
		return verdict{File: file, Error: strings.TrimSpace(report.String())}
	}
	return judgeIgnition(file, translated, print)
}

func judgeIgnition(file string, content []byte, print bool) verdict {
	// Ignition has one parser for all versions of its specification; its report names unknown keys as warnings.
	_, report, err := ignition.Parse(content)
	if err != nil {
		return verdict{File: file, Error: strings.TrimSpace(err.Error() + "\n" + report.String())}
	}
	if len(report.Entries) > 0 {
		return verdict{File: file, Error: strings.TrimSpace(report.String())}
	}
	// The parser returns the newest version it knows; the document says its own.
	var document struct {
		Ignition struct {
			Version string `json:"version"`
		} `json:"ignition"`
	}
	if err := json.Unmarshal(content, &document); err != nil {
		return verdict{File: file, Error: err.Error()}
	}
	found := verdict{File: file, Ok: true, Version: document.Ignition.Version}
	if print {
		found.Config = json.RawMessage(content)
	}
	return found
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
