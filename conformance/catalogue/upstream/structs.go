// Prints the JSON fields of all struct types in a set of Go files, and what named types stand for, as JSON.
//
//	go run conformance/catalogue/upstream/structs.go -- <file>...
package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strconv"
	"strings"
)

type field struct {
	Go     string `json:"go"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Inline bool   `json:"inline,omitempty"`
}

type output struct {
	Structs map[string][]field `json:"structs"`
	Named   map[string]string  `json:"named"`
}

func main() {
	result := output{map[string][]field{}, map[string]string{}}
	for _, argument := range os.Args[1:] {
		if argument == "--" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), argument, nil, 0)
		if err != nil {
			panic(err)
		}
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				named, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				if structure, ok := named.Type.(*ast.StructType); ok {
					result.Structs[named.Name.Name] = fields(structure)
				} else {
					result.Named[named.Name.Name] = text(named.Type)
				}
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}

func fields(structure *ast.StructType) []field {
	result := []field{}
	for _, each := range structure.Fields.List {
		tag := ""
		if each.Tag != nil {
			unquoted, _ := strconv.Unquote(each.Tag.Value)
			tag = reflect.StructTag(unquoted).Get("json")
		}
		name, options, _ := strings.Cut(tag, ",")
		inline := len(each.Names) == 0 && (name == "" || strings.Contains(options, "inline"))
		if name == "-" || (name == "" && !inline) {
			continue
		}
		one := field{Name: name, Type: text(each.Type), Inline: inline}
		if len(each.Names) > 0 {
			one.Go = each.Names[0].Name
		}
		result = append(result, one)
	}
	return result
}

// text drops packages and pointers: *metav1.Duration is Duration.
func text(expr ast.Expr) string {
	switch node := expr.(type) {
	case *ast.Ident:
		return node.Name
	case *ast.SelectorExpr:
		return node.Sel.Name
	case *ast.StarExpr:
		return text(node.X)
	case *ast.ArrayType:
		return "[]" + text(node.Elt)
	case *ast.MapType:
		return "map[" + text(node.Key) + "]" + text(node.Value)
	case *ast.InterfaceType:
		return "any"
	case *ast.StructType:
		return "struct"
	}
	return "?"
}
