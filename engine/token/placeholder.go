package token

import (
	"slices"
	"strings"
)

var (
	placeholderNames = []string{"test", "mock", "fake", "dummy", "example", "sample", "placeholder"}
	placeholderParts = []string{
		"mock-", "-mock", "fake-", "-fake", "test-model", "-test-model", "your-model", "my-model",
		"model-name", "model-id",
	}
)

// IsPlaceholder tells whether a model name is one that people write for want of a real one, such
// as "test" or "my_model" (the rule of AIPerf 0.13). Paths and repositories never are.
func IsPlaceholder(model string) bool {
	if model == "" || strings.ContainsAny(model, `/\`) || model[0] == '.' || model[0] == '~' {
		return false
	}
	name := strings.ReplaceAll(strings.ToLower(model), "_", "-")
	return slices.Contains(placeholderNames, name) ||
		slices.ContainsFunc(placeholderParts, func(p string) bool { return strings.Contains(name, p) })
}
