// Prints what the set-up function of each CoreDNS plugin accepts inside its block, as JSON: plugin to options.
//
//	go run conformance/catalogue/upstream/corefile.go <checkout>
//
// An option is a case of the outermost switch over the current token; "pods verified" is an argument that the code compares with
// a fixed word inside the case of its option. Arguments checked in any other way do not appear.
package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

func main() {
	result := map[string][]string{}
	folders, _ := filepath.Glob(filepath.Join(os.Args[1], "plugin", "*"))
	for _, plugin := range folders {
		constants := map[string]string{}
		neighbours, _ := filepath.Glob(filepath.Join(plugin, "*.go"))
		var files []*ast.File
		for _, name := range neighbours {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				panic(err)
			}
			collect(file, constants)
			files = append(files, file)
		}
		found := map[string]bool{}
		for _, file := range files {
			if readsTokens(file) {
				walk(file, "", constants, found)
			}
		}
		options := []string{}
		for option := range found {
			options = append(options, option)
		}
		sort.Strings(options)
		result[filepath.Base(plugin)] = options
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}

func collect(file *ast.File, constants map[string]string) {
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.CONST {
			continue
		}
		for _, spec := range general.Specs {
			value := spec.(*ast.ValueSpec)
			for i, name := range value.Names {
				if i < len(value.Values) {
					if text, ok := word(value.Values[i], nil); ok {
						constants[name.Name] = text
					}
				}
			}
		}
	}
}

func word(expr ast.Expr, constants map[string]string) (string, bool) {
	switch node := expr.(type) {
	case *ast.BasicLit:
		if node.Kind == token.STRING {
			text, err := strconv.Unquote(node.Value)
			return text, err == nil
		}
	case *ast.Ident:
		text, ok := constants[node.Name]
		return text, ok
	}
	return "", false
}

// readsTokens tells the files that parse a Corefile from those that answer queries.
func readsTokens(file *ast.File) bool {
	found := false
	for _, spec := range file.Imports {
		found = found || strings.HasSuffix(spec.Path.Value, `caddy"`) || strings.HasSuffix(spec.Path.Value, `caddyfile"`)
	}
	return found
}

// isToken: c.Val(), c.RemainingArgs()[0], args[1], strings.ToLower(of one of those).
func isToken(expr ast.Expr) bool {
	switch node := expr.(type) {
	case *ast.CallExpr:
		if selector, ok := node.Fun.(*ast.SelectorExpr); ok {
			if selector.Sel.Name == "Val" {
				return true
			}
			if len(node.Args) == 1 && (selector.Sel.Name == "ToLower" || selector.Sel.Name == "ToUpper") {
				return isToken(node.Args[0])
			}
		}
	case *ast.IndexExpr:
		ident, ok := node.X.(*ast.Ident)
		return ok && (ident.Name == "args" || ident.Name == "remaining" || ident.Name == "a")
	}
	return false
}

func walk(node ast.Node, option string, constants map[string]string, found map[string]bool) {
	// Variables that hold a token: "what := c.Val()".
	tokens := map[string]bool{}
	ast.Inspect(node, func(each ast.Node) bool {
		if assign, ok := each.(*ast.AssignStmt); ok && len(assign.Lhs) == len(assign.Rhs) {
			for i := range assign.Lhs {
				if ident, ok := assign.Lhs[i].(*ast.Ident); ok && isToken(assign.Rhs[i]) {
					tokens[ident.Name] = true
				}
			}
		}
		return true
	})
	about := func(expr ast.Expr) bool {
		if ident, ok := expr.(*ast.Ident); ok {
			return tokens[ident.Name]
		}
		return isToken(expr)
	}
	ast.Inspect(node, func(each ast.Node) bool {
		if each == node {
			return true
		}
		switch statement := each.(type) {
		case *ast.SwitchStmt:
			if statement.Tag == nil || !about(statement.Tag) {
				return true
			}
			for _, clause := range statement.Body.List {
				branch := clause.(*ast.CaseClause)
				inner := option
				for _, value := range branch.List {
					if text, ok := word(value, constants); ok && text != "" && text != "{" && text != "}" {
						inner = strings.TrimSpace(option + " " + text)
						found[inner] = true
					}
				}
				for _, each := range branch.Body {
					walk(&ast.BlockStmt{List: []ast.Stmt{each}}, inner, constants, found)
				}
			}
			return false
		case *ast.BinaryExpr:
			if (statement.Op == token.EQL || statement.Op == token.NEQ) && about(statement.X) {
				if text, ok := word(statement.Y, constants); ok && text != "" && text != "{" && text != "}" {
					found[strings.TrimSpace(option+" "+text)] = true
				}
			}
		}
		return true
	})
}
