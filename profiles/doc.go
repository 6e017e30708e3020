// Package profiles says what a run is: which server, which load, which data,
// which files. A [Profile] has the shape of AIPerf's input_config, so that a
// command line, a YAML file and the configuration written into an artifact
// directory are three spellings of one value.
//
// Every option is one entry of [Fields]: its flag, aliases, help text, range,
// default and the place in the Profile it sets. Reading arguments ([ParseArgs]),
// reading and writing YAML ([Load], [Encode]), writing input_config
// ([InputConfig]), help pages and error texts are all derived from that table.
//
// Options of AIPerf that this program does not have are in the table as well,
// with the reason; using one is an error that says so.
package profiles
