// calico-selector-check asks Calico's own parser what selectors select.
//
// It reads one JSON document: {"selectors": ["has(a)", ...], "objects": [{"a": "b"}, ...]}.
//
// One line of JSON for each selector: {"selected": [true, false, ...]}, one value for each object, or {"error": "..."} where the parser refuses it.
// Exit status 2 when the document is none.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/projectcalico/libcalico-go/lib/selector"
)

type document struct {
	Selectors []string            `json:"selectors"`
	Objects   []map[string]string `json:"objects"`
}

type answer struct {
	Selected []bool `json:"selected,omitempty"`
	Error    string `json:"error,omitempty"`
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println(version("github.com/projectcalico/libcalico-go"))
		return
	}
	var read document
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&read); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	lines := json.NewEncoder(os.Stdout)
	for _, text := range read.Selectors {
		parsed, err := selector.Parse(text)
		if err != nil {
			_ = lines.Encode(answer{Error: err.Error()})
			continue
		}
		result := answer{}
		for _, labels := range read.Objects {
			result.Selected = append(result.Selected, parsed.Evaluate(labels))
		}
		_ = lines.Encode(result)
	}
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
