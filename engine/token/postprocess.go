package token

import "fmt"

// templatePart is one element of a TemplateProcessing: a special token, or else the text itself.
type templatePart struct {
	SpecialToken *struct {
		ID string `json:"id"`
	} `json:"SpecialToken"`
}

type templateToken struct {
	IDs []int `json:"ids"`
}

// tokensAround counts the special tokens that the post_processor node n puts around a single text.
func tokensAround(n *node) (int, error) {
	if n == nil {
		return 0, nil
	}
	count := 0
	switch n.Type {
	case "ByteLevel":
	case "BertProcessing", "RobertaProcessing":
		count = 2
	case "Sequence":
		for i := range n.Processors {
			c, err := tokensAround(&n.Processors[i])
			if err != nil {
				return 0, err
			}
			count += c
		}
	case "TemplateProcessing":
		for _, p := range n.Single {
			if p.SpecialToken == nil {
				continue
			}
			tok, ok := n.SpecialTokens[p.SpecialToken.ID]
			if !ok {
				return 0, fmt.Errorf("TemplateProcessing: special token %q is not defined", p.SpecialToken.ID)
			}
			count += len(tok.IDs)
		}
	default:
		return 0, unsupported("post_processor", n.Type)
	}
	return count, nil
}
