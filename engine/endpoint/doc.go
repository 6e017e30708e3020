// Package endpoint knows the APIs: for each one a file that encodes a turn to
// a request body and decodes a unit of the answer, be it the data of one
// server-sent event or a whole body. Beside them stand what all share: the
// URL, the headers, the usage block, and the Answer that a request adds up to.
//
// What counts as content, and as which text, follows AIPerf 0.13, because
// time to first token and every token count hang on it.
package endpoint
