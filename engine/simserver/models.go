package simserver

import "net/http"

// models lists the configured model names as vLLM does.
func models(x *exchange) {
	type entry struct {
		ID          string `json:"id"`
		Object      string `json:"object"`
		Created     int64  `json:"created"`
		OwnedBy     string `json:"owned_by"`
		Root        string `json:"root"`
		Parent      any    `json:"parent"`
		MaxModelLen int    `json:"max_model_len"`
	}
	list := struct {
		Object string  `json:"object"`
		Data   []entry `json:"data"`
	}{"list", []entry{}}
	for _, m := range x.srv.cfg.Models {
		list.Data = append(list.Data, entry{m, "model", baseWall / 1e9, serverName, m, nil, x.srv.cfg.MaxModelLen})
	}
	x.reply(http.StatusOK, typeJSON, appendJSON(nil, list))
}

// health answers with an empty body.
func health(x *exchange) { x.reply(http.StatusOK, "", nil) }

func version(x *exchange) {
	x.reply(http.StatusOK, typeJSON, []byte(`{"version":"0.0.0+`+serverName+`"}`))
}
