// Runs scripts in goja, an ECMAScript engine in Go: `goja FILE...`. They find
// `print` and `randomBytes`, and nothing else of a host.
package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/dop251/goja"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		printVersion()
		return
	}
	vm := goja.New()
	vm.Set("print", func(line string) { fmt.Println(line) })
	vm.Set("randomBytes", func(length int) goja.ArrayBuffer {
		bytes := make([]byte, length)
		rand.Read(bytes)
		return vm.NewArrayBuffer(bytes)
	})
	for _, file := range os.Args[1:] {
		source, err := os.ReadFile(file)
		if err == nil {
			_, err = vm.RunScript(file, string(source))
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func printVersion() {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/dop251/goja" {
			fmt.Println(module.Version)
		}
	}
}
