// Package simserver is a simulated inference server: an HTTP server that speaks
// OpenAI's APIs and the others that package endpoint knows, with a believable
// batching engine behind it, exact scripted timings for measuring a client's
// accuracy, a table of faults, vLLM-named /metrics and simulated GPUs. It
// computes no model; every answer says it is simulated.
//
// A response is a list of pieces (piece.go) that a stream (stream.go) writes:
// each paced piece waits for a token, and tokens come from one of three
// timings: the batching engine (engine.go), a script of absolute deadlines
// (scripted.go), or none at all (firehose.go). One locked thread, the pacer,
// holds every deadline and writes every event itself, so the time of an event
// does not depend on the Go scheduler.
//
// A model's name may ask for behaviour, so that a test needs no configuration:
//
//	…fault-NAME   that fault (see Faults)
//	…reason…      a third of the answer is reasoning
//	…tool…        calls the first tool of the request
//	…short…       one output token
//	…nousage…     no usage
//	…badjob…      a video whose making fails
//	…faulty…, …errkinds…  misbehave in a fixed order of requests (faultScripts)
//
// Adding an endpoint is one file with a handler and one line in routes.
package simserver
