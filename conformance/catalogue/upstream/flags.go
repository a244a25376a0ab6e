// Prints every flag that a set of Go files declares, as JSON.
//
//	go run conformance/catalogue/upstream/flags.go <dir or file>...
//
// Nothing is built: the files are only parsed, so sources of any Kubernetes minor work. A name may be a literal, a constant of
// the same folder, or a concatenation of those; a name that cannot
// be resolved is printed as its expression behind a question mark.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

type flagRecord struct {
	File       string `json:"file"`
	Function   string `json:"function"`
	Name       string `json:"name"`
	Method     string `json:"method"`
	Value      string `json:"value,omitempty"`
	Usage      string `json:"usage,omitempty"`
	Deprecated string `json:"deprecated,omitempty"`
}

var declare = regexp.MustCompile(`^(String|Strings|StringSlice|StringArray|StringToString|Bool|Int|Int8|Int16|Int32|Int64|Uint|Uint8|Uint16|Uint32|Uint64|Float32|Float64|Duration|IP|IPSlice|IPNet|IPMask|IntSlice|Int32Slice|Int64Slice|UintSlice|DurationSlice|UintVar|Text|BoolFunc|Func)?(Var)?(P|F|PF)?$`)

// Receivers that are not flag sets although their methods have the same names.
var notFlagSets = map[string]bool{"json": true, "fmt": true, "errors": true, "strings": true, "intstr": true, "reflect": true, "rand": true, "ptr": true, "pointer": true, "utilpointer": true, "types": true, "validation": true, "cobra": true, "zap": true, "klog": true, "cel": true, "attribute": true, "structpb": true, "apiservercel": true, "field": true, "slog": true, "cases": true, "sets": true, "expvar": true}

// A loop over a fixed list of names: each pass declares one flag.
type loop struct {
	variable   string
	start, end token.Pos
	values     []string
}

type folder struct {
	constants map[string]ast.Expr
	files     map[string]*ast.File
}

func main() {
	var records []flagRecord
	set := token.NewFileSet()
	folders := map[string]*folder{}
	for _, arg := range os.Args[1:] {
		var names []string
		if stat, err := os.Stat(arg); err != nil {
			continue
		} else if stat.IsDir() {
			names, _ = filepath.Glob(filepath.Join(arg, "*.go"))
		} else {
			names = []string{arg}
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_windows.go") {
				continue
			}
			dir := folderOf(set, folders, filepath.Dir(name))
			if file := dir.files[name]; file != nil {
				records = append(records, flagsOf(name, file, dir)...)
			}
		}
	}
	sort.SliceStable(records, func(i, j int) bool { return records[i].Name < records[j].Name })
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", " ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(records); err != nil {
		panic(err)
	}
}

func folderOf(set *token.FileSet, folders map[string]*folder, path string) *folder {
	if known := folders[path]; known != nil {
		return known
	}
	result := &folder{constants: map[string]ast.Expr{}, files: map[string]*ast.File{}}
	names, _ := filepath.Glob(filepath.Join(path, "*.go"))
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			continue
		}
		result.files[name] = file
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
					if i < len(value.Values) {
						result.constants[name.Name] = value.Values[i]
					}
				}
			}
		}
	}
	folders[path] = result
	return result
}

// text evaluates a string expression as far as constants of the folder and local assignments go.
func text(expr ast.Expr, dir *folder, local map[string]ast.Expr, depth int) (string, bool) {
	if depth > 8 {
		return "", false
	}
	switch node := expr.(type) {
	case *ast.BasicLit:
		if node.Kind == token.STRING {
			value, err := strconv.Unquote(node.Value)
			return value, err == nil
		}
	case *ast.Ident:
		if value, ok := local[node.Name]; ok {
			return text(value, dir, local, depth+1)
		}
		if value, ok := dir.constants[node.Name]; ok {
			return text(value, dir, local, depth+1)
		}
	case *ast.ParenExpr:
		return text(node.X, dir, local, depth+1)
	case *ast.BinaryExpr:
		if node.Op != token.ADD {
			return "", false
		}
		left, ok := text(node.X, dir, local, depth+1)
		if !ok {
			return "", false
		}
		right, ok := text(node.Y, dir, local, depth+1)
		return left + right, ok
	case *ast.CallExpr:
		// fmt.Sprintf gives its format: "audit-%s-mode" is completed by whoever reads the output.
		if len(node.Args) == 1 || (len(node.Args) > 1 && source(node.Fun) == "fmt.Sprintf") {
			return text(node.Args[0], dir, local, depth+1)
		}
	}
	return "", false
}

// texts lists the strings of a slice literal or of a variable of the folder that holds one.
func texts(expr ast.Expr, dir *folder) []string {
	if ident, ok := expr.(*ast.Ident); ok {
		expr = dir.constants[ident.Name]
	}
	literal, ok := expr.(*ast.CompositeLit)
	if !ok {
		return nil
	}
	var result []string
	for _, element := range literal.Elts {
		if value, ok := text(element, dir, nil, 0); ok {
			result = append(result, value)
		}
	}
	return result
}

func source(expr ast.Expr) string {
	switch node := expr.(type) {
	case *ast.Ident:
		return node.Name
	case *ast.SelectorExpr:
		return source(node.X) + "." + node.Sel.Name
	case *ast.UnaryExpr:
		return node.Op.String() + source(node.X)
	case *ast.StarExpr:
		return "*" + source(node.X)
	case *ast.ParenExpr:
		return source(node.X)
	case *ast.CallExpr:
		if len(node.Args) > 0 {
			return source(node.Fun) + "(" + source(node.Args[0]) + ")"
		}
		return source(node.Fun) + "()"
	case *ast.CompositeLit:
		if len(node.Elts) > 0 {
			if pair, ok := node.Elts[0].(*ast.KeyValueExpr); ok {
				return source(node.Type) + "{" + source(pair.Value) + "}"
			}
		}
		return source(node.Type) + "{}"
	case *ast.IndexExpr:
		return source(node.X)
	case *ast.ArrayType:
		return "[]" + source(node.Elt)
	case *ast.BasicLit:
		return node.Value
	}
	return fmt.Sprintf("%T", expr)
}

func flagsOf(name string, file *ast.File, dir *folder) []flagRecord {
	var records []flagRecord
	deprecated := map[string]string{}
	for _, declaration := range file.Decls {
		var body ast.Node = declaration
		label := "var"
		if function, ok := declaration.(*ast.FuncDecl); ok {
			if function.Body == nil {
				continue
			}
			body, label = function.Body, function.Name.Name
			if function.Recv != nil && len(function.Recv.List) == 1 {
				label = strings.TrimPrefix(source(function.Recv.List[0].Type), "*") + "." + label
			}
		}
		local := map[string]ast.Expr{}
		var loops []loop
		ast.Inspect(body, func(node ast.Node) bool {
			if assign, ok := node.(*ast.AssignStmt); ok && len(assign.Lhs) == len(assign.Rhs) {
				for i := range assign.Lhs {
					if ident, ok := assign.Lhs[i].(*ast.Ident); ok {
						local[ident.Name] = assign.Rhs[i]
					}
				}
			}
			if statement, ok := node.(*ast.RangeStmt); ok {
				if ident, ok := statement.Value.(*ast.Ident); ok {
					loops = append(loops, loop{ident.Name, statement.Pos(), statement.End(), texts(statement.X, dir)})
				}
			}
			return true
		})
		ast.Inspect(body, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			var method, receiver string
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				method, receiver = fun.Sel.Name, source(fun.X)
			case *ast.Ident:
				method = fun.Name
			}
			if method == "MarkDeprecated" && len(call.Args) == 2 {
				if flag, ok := text(call.Args[0], dir, local, 0); ok {
					message, _ := text(call.Args[1], dir, local, 0)
					if message == "" {
						message = "-"
					}
					deprecated[flag] = message
				}
				return true
			}
			record := flagRecord{File: name, Function: label, Method: method}
			if strings.EqualFold(method, "register") || strings.EqualFold(method, "pflagRegister") || method == "registerDeprecated" || method == "multiStringFlag" || method == "addFlag" {
				for _, arg := range call.Args {
					if _, isCall := arg.(*ast.CallExpr); isCall {
						continue
					}
					if flag, ok := text(arg, dir, local, 0); ok {
						record.Name = flag
						break
					}
					if selector, ok := arg.(*ast.SelectorExpr); ok && selector.Sel.Name != "CommandLine" {
						record.Name = "?" + source(selector)
					}
				}
				if record.Name != "" {
					records = append(records, record)
				}
				return true
			}
			if receiver == "" || notFlagSets[receiver] || !declare.MatchString(method) || method == "" {
				return true
			}
			at := 0
			if strings.Contains(method, "Var") {
				at = 1
				record.Value = source(call.Args[0])
				if ident, ok := call.Args[0].(*ast.Ident); ok && local[ident.Name] != nil {
					record.Value = source(local[ident.Name])
				}
			}
			if len(call.Args) < at+2 {
				return true
			}
			flag, ok := text(call.Args[at], dir, local, 0)
			if ident, isIdent := call.Args[at].(*ast.Ident); isIdent && !ok {
				for _, around := range loops {
					if around.variable == ident.Name && around.start < call.Pos() && call.Pos() < around.end {
						for _, name := range around.values {
							record.Name = name
							record.Deprecated = "-"
							records = append(records, record)
						}
						return true
					}
				}
			}
			if !ok {
				if at == 1 {
					record.Name = "?" + source(call.Args[at])
					if binary, ok := call.Args[at].(*ast.BinaryExpr); ok {
						record.Name = "?" + source(binary.X) + "+" + source(binary.Y)
					}
					records = append(records, record)
				}
				return true
			}
			record.Name = flag
			if usage, ok := text(call.Args[len(call.Args)-1], dir, local, 0); ok {
				record.Usage = usage
			} else if start, ok := firstText(call.Args[len(call.Args)-1], dir, local); ok {
				record.Usage = start
			}
			records = append(records, record)
			return true
		})
	}
	for i := range records {
		if message, ok := deprecated[records[i].Name]; ok {
			records[i].Deprecated = message
		}
	}
	return records
}

// firstText finds the leading literal of an expression that cannot be evaluated as a whole.
func firstText(expr ast.Expr, dir *folder, local map[string]ast.Expr) (string, bool) {
	switch node := expr.(type) {
	case *ast.BinaryExpr:
		if start, ok := firstText(node.X, dir, local); ok && start != "" {
			rest, _ := firstText(node.Y, dir, local)
			return start + rest, true
		}
		return firstText(node.Y, dir, local)
	case *ast.CallExpr:
		if len(node.Args) > 0 {
			return text(node.Args[0], dir, local, 0)
		}
	default:
		return text(expr, dir, local, 0)
	}
	return "", false
}
