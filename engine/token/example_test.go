package token_test

import (
	"context"
	"fmt"

	"tacho/engine/token"
)

func Example() {
	tok, src, err := token.Resolve(context.Background(), token.Options{Name: "builtin"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(src)
	fmt.Println(tok.Count("Hello, world!"), tok.Encode("Hello, world!"))
	// Output:
	// builtin o200k_base (sha256 446a9538)
	// 4 [13225 11 2375 0]
}
