package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tacho/profiles"
)

func TestServerTellsWhatItIs(t *testing.T) {
	mux := http.NewServeMux()
	tell := func(path, body string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Server", "box")
			w.Write([]byte(body))
		})
	}
	tell("/v1/models", `{"data":[{"id":"m","max_model_len":4096}]}`)
	tell("/version", `{"version":"0.32.0"}`)
	tell("/health", ``)
	tell("/info", `<html>not this</html>`)
	tell("/props", `{"n_ctx":4096}`)
	tell("/get_model_info", `{"big":"`+strings.Repeat("x", maxConfig)+`"}`)
	box := httptest.NewServer(mux)
	defer box.Close()
	p, _, err := profiles.ParseArgs([]string{"-m", "m", "--url", box.URL}, profiles.Env{})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := newServer(p, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	id := srv.identity(t.Context(), p)
	if id.Header != "box" || !strings.Contains(string(id.Models), "max_model_len") || !strings.Contains(string(id.Version), "0.32.0") || id.Health != "200 OK" {
		t.Errorf("%+v", id)
	}
	if len(id.Config) != 1 || string(id.Config["/props"]) != `{"n_ctx":4096}` {
		t.Errorf("config %s", id.Config)
	}
	box.Close()
	if id := srv.identity(t.Context(), p); id.Models != nil || id.Health != "" || id.Config != nil {
		t.Errorf("of nobody: %+v", id)
	}
}
