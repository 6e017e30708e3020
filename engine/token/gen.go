//go:build ignore

// Gen packs a .tiktoken rank file into the form that is embedded: go run gen.go IN OUT.
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"log"
	"os"
	"strings"
)

func main() {
	in, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var lengths, blob []byte
	for sc := bufio.NewScanner(bytes.NewReader(in)); sc.Scan(); {
		b64, _, _ := strings.Cut(sc.Text(), " ")
		s, err := base64.StdEncoding.DecodeString(b64)
		if err != nil {
			log.Fatal(err)
		}
		lengths, blob = append(lengths, byte(len(s))), append(blob, s...)
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		log.Fatal(err)
	}
	z.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(lengths))))
	z.Write(lengths)
	z.Write(blob)
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[2], out.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
