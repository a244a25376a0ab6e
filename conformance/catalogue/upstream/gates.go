// Prints every feature gate that a set of Go files declares, as JSON.
//
//	go run conformance/catalogue/upstream/gates.go -- <file>...
//
// The files are only parsed. A gate is a key of a map literal whose values are feature specifications, with or without versions.
// Constants are looked up in the folders of all files given, so pass the files of one release together.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

type specification struct {
	Version string `json:"version,omitempty"`
	Default bool   `json:"default"`
	Locked  bool   `json:"locked"`
	Stage   string `json:"stage"`

	// The specification holds only for components that are told to be compatible with this release or a later one.
	MinCompatibility string `json:"minCompatibility,omitempty"`
}

type gate struct {
	File           string          `json:"file"`
	Name           string          `json:"name"`
	Specifications []specification `json:"specifications"`
}

func main() {
	set := token.NewFileSet()
	constants := map[string]string{}
	files := map[string]*ast.File{}
	for _, argument := range os.Args[1:] {
		if argument == "--" {
			continue
		}
		neighbours, _ := filepath.Glob(filepath.Join(filepath.Dir(argument), "*.go"))
		for _, name := range neighbours {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				panic(err)
			}
			collect(file, constants)
			if name == argument {
				files[name] = file
			}
		}
	}
	var gates []gate
	for name, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			literal, ok := node.(*ast.CompositeLit)
			if !ok || !isGateMap(literal.Type) {
				return true
			}
			for _, element := range literal.Elts {
				pair := element.(*ast.KeyValueExpr)
				gates = append(gates, gate{name, nameOf(pair.Key, constants), specificationsOf(pair.Value, constants)})
			}
			return true
		})
	}
	sort.Slice(gates, func(i, j int) bool {
		if gates[i].Name != gates[j].Name {
			return gates[i].Name < gates[j].Name
		}
		return gates[i].File < gates[j].File
	})
	if err := json.NewEncoder(os.Stdout).Encode(gates); err != nil {
		panic(err)
	}
}

func collect(file *ast.File, constants map[string]string) {
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			value, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, name := range value.Names {
				if i >= len(value.Values) {
					continue
				}
				expr := value.Values[i]
				if call, ok := expr.(*ast.CallExpr); ok && len(call.Args) == 1 {
					expr = call.Args[0]
				}
				if literal, ok := expr.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					text, _ := strconv.Unquote(literal.Value)
					constants[name.Name] = text
				} else if truth := last(expr); truth == "true" || truth == "false" {
					constants[name.Name] = truth
				}
			}
		}
	}
}

func last(expr ast.Expr) string {
	switch node := expr.(type) {
	case *ast.Ident:
		return node.Name
	case *ast.SelectorExpr:
		return node.Sel.Name
	}
	return ""
}

func isGateMap(expr ast.Expr) bool {
	kind, ok := expr.(*ast.MapType)
	if !ok || last(kind.Key) != "Feature" {
		return false
	}
	value := last(kind.Value)
	return value == "FeatureSpec" || value == "VersionedSpecs"
}

func nameOf(key ast.Expr, constants map[string]string) string {
	name := last(key)
	if call, ok := key.(*ast.CallExpr); ok && len(call.Args) == 1 {
		name = last(call.Args[0])
	}
	if text, ok := constants[name]; ok {
		return text
	}
	panic(fmt.Sprintf("the name of gate %q is unknown", name))
}

func specificationsOf(value ast.Expr, constants map[string]string) []specification {
	literal := value.(*ast.CompositeLit)
	if len(literal.Elts) > 0 {
		if _, isField := literal.Elts[0].(*ast.KeyValueExpr); !isField {
			var result []specification
			for _, element := range literal.Elts {
				result = append(result, specificationsOf(element, constants)...)
			}
			return result
		}
	}
	var result specification
	for _, element := range literal.Elts {
		pair := element.(*ast.KeyValueExpr)
		switch last(pair.Key) {
		case "Default":
			result.Default = truth(pair.Value, constants)
		case "LockToDefault":
			result.Locked = truth(pair.Value, constants)
		case "PreRelease":
			result.Stage = last(pair.Value)
		case "Version":
			result.Version = version(pair.Value)
		case "MinCompatibilityVersion":
			result.MinCompatibility = version(pair.Value)
		}
	}
	return []specification{result}
}

func truth(expr ast.Expr, constants map[string]string) bool {
	word := last(expr)
	if value, ok := constants[word]; ok {
		word = value
	}
	switch word {
	case "true":
		return true
	case "false":
		return false
	}
	panic(fmt.Sprintf("a default is computed: %T %s", expr, word))
}

func version(expr ast.Expr) string {
	call := expr.(*ast.CallExpr)
	var parts []string
	for _, arg := range call.Args {
		text := arg.(*ast.BasicLit).Value
		if unquoted, err := strconv.Unquote(text); err == nil {
			text = unquoted
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ".")
}
