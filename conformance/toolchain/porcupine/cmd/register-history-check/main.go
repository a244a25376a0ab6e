// register-history-check judges recorded histories of single-key registers with porcupine: is there an order
// of all operations, each taking effect at one moment between its call and its return, that explains what
// every client saw?
//
// A history has one operation a line:
//
//	{"key": "a", "client": 1, "op": "put", "value": "7", "call": 1000, "return": 2000}
//	{"key": "a", "client": 2, "op": "get", "value": "7", "call": 1500, "return": 1600}
//
// Times are from one clock, in nanoseconds. A put without "return" has no known end: it may have taken effect
// at any time after its call, or never. A get of a key that is not there has the value "".
//
// One line of JSON: {"verdict": "Ok" | "Illegal" | "Unknown", "operations": n, "keys": n}; exit status 1 when
// the history is illegal, 3 when the search ran out of time, 2 when the file is not a history.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"sort"
	"time"

	"github.com/anishathalye/porcupine"
)

const searchTime = 60 * time.Second

type operation struct {
	Key    string `json:"key"`
	Client int    `json:"client"`
	Op     string `json:"op"`
	Value  string `json:"value"`
	Call   int64  `json:"call"`
	Return *int64 `json:"return"`
}

type input struct {
	key   string
	put   bool
	value string
}

var register = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byKey := map[string][]porcupine.Operation{}
		for _, op := range history {
			key := op.Input.(input).key
			byKey[key] = append(byKey[key], op)
		}
		keys := make([]string, 0, len(byKey))
		for key := range byKey {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		parts := make([][]porcupine.Operation, 0, len(keys))
		for _, key := range keys {
			parts = append(parts, byKey[key])
		}
		return parts
	},
	Init: func() any { return "" },
	Step: func(state, in, out any) (bool, any) {
		if asked := in.(input); asked.put {
			return true, asked.value
		}
		return out.(string) == state.(string), state
	},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: register-history-check FILE | --version")
		os.Exit(2)
	}
	if os.Args[1] == "--version" {
		fmt.Println("porcupine", porcupineVersion())
		return
	}
	operations, err := read(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	history, keys := prepare(operations)
	verdict := porcupine.CheckOperationsTimeout(register, history, searchTime)
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"verdict": verdict, "operations": len(history), "keys": keys})
	switch verdict {
	case porcupine.Illegal:
		os.Exit(1)
	case porcupine.Unknown:
		os.Exit(3)
	}
}

func read(file string) ([]operation, error) {
	content, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	lines := json.NewDecoder(bufio.NewReader(content))
	lines.DisallowUnknownFields()
	var operations []operation
	for {
		var op operation
		if err := lines.Decode(&op); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		switch {
		case op.Op != "put" && op.Op != "get":
			return nil, fmt.Errorf("operation %d: op must be put or get, got %q", len(operations), op.Op)
		case op.Op == "get" && op.Return == nil:
			return nil, fmt.Errorf("operation %d: a get without return says nothing; leave it out", len(operations))
		case op.Return != nil && *op.Return < op.Call:
			return nil, fmt.Errorf("operation %d returns before its call", len(operations))
		}
		operations = append(operations, op)
	}
	if len(operations) == 0 {
		return nil, errors.New("the history is empty: nothing can be said about it")
	}
	return operations, nil
}

// prepare drops puts of unknown fate whose value nobody ever read. Values are unique, so such a put explains
// nothing, and leaving it out changes no verdict; keeping it multiplies the orders to be tried.
func prepare(operations []operation) ([]porcupine.Operation, int) {
	read, keys := map[[2]string]bool{}, map[string]bool{}
	for _, op := range operations {
		keys[op.Key] = true
		if op.Op == "get" {
			read[[2]string{op.Key, op.Value}] = true
		}
	}
	var history []porcupine.Operation
	for _, op := range operations {
		end := int64(math.MaxInt64)
		if op.Return != nil {
			end = *op.Return
		} else if !read[[2]string{op.Key, op.Value}] {
			continue
		}
		history = append(history, porcupine.Operation{
			ClientId: op.Client, Input: input{op.Key, op.Op == "put", op.Value}, Output: op.Value, Call: op.Call, Return: end,
		})
	}
	return history, len(keys)
}

func porcupineVersion() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, module := range build.Deps {
			if module.Path == "github.com/anishathalye/porcupine" {
				return module.Version
			}
		}
	}
	return "unknown"
}
