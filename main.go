// Tacho benchmarks generative-AI inference endpoints and shows the run while
// it happens.
package main

import (
	"os"

	"tacho/app"
)

func main() { os.Exit(app.Main(app.OSEnv())) }
