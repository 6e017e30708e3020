// Tacho benchmarks generative-AI inference endpoints and shows the run while
// it happens.
package main

import (
	"io"
	"log"
	"os"

	"tacho/app"
)

func main() {
	// What net/http tells of odd servers would stand in the middle of the screen;
	// the failures of requests have their own place.
	log.SetOutput(io.Discard)
	os.Exit(app.Main(app.OSEnv()))
}
