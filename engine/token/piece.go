package token

// piece is a part of a text on its way through the pre-tokenizers.
type piece struct {
	text string
	// start: the piece begins where the text began, which matters to pre-tokenizers that put a
	// blank before the first word only.
	start bool
}
