# Each target is one line of help. On two cores test takes one to two minutes, ci
# several, fuzz and bench longer.
export CGO_CFLAGS := -Wno-deprecated-declarations

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'
build: ## one binary, ./tacho
	go build -trimpath -ldflags='-s -w' -o tacho .
test: ## all tests
	go test ./...
race: ## tests with the race detector
	go test -race -short ./app/... ./engine/... ./export/...
lint: ## gofmt and vet
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
golden: ## rewrite our own golden frames after looking at them
	go test ./views/form ./views/home ./views/screen -update
fuzz: ## every fuzz target for 30 s
	@for p in $$(go list ./...); do for f in $$(go test -list '^Fuzz' $$p 2>/dev/null | grep ^Fuzz); do \
		echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s $$p || exit 1; done; done
bench: ## every benchmark, with allocations
	go test -run '^$$' -bench . -benchmem ./...
soak: ## random keys and sizes on a real terminal for a minute
	TACHO_SOAK=60s go test -count=1 -v -run TestSoak ./app
demo: ## the simulator and the console
	go run . demo
tape: ## record the picture that the README begins with
	go run ./testdata/tape
ci: ## what a change must pass
	bash .ci/run

.PHONY: help build test race lint golden fuzz bench soak demo tape ci
