package simserver

import (
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
)

// videoSteps is how many engine steps a video takes.
const videoSteps = 24

// keptVideos is how many jobs are remembered, the oldest going first.
const keptVideos = 4096

// videoJob is a video in the making.
type videoJob struct {
	id, model, prompt string
	size, seconds     string
	createdNS         int64

	mu     sync.Mutex
	steps  int
	doneNS int64
}

// videoJobs are the jobs of a server.
type videoJobs struct {
	mu    sync.Mutex
	byID  map[string]*videoJob
	order []string
}

func (v *videoJobs) add(j *videoJob) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.byID == nil {
		v.byID = map[string]*videoJob{}
	}
	v.byID[j.id] = j
	if v.order = append(v.order, j.id); len(v.order) > keptVideos {
		delete(v.byID, v.order[0])
		v.order = v.order[1:]
	}
}

func (v *videoJobs) get(id string) *videoJob {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.byID[id]
}

// videoRequest is a request for a video, as JSON or a form.
type videoRequest struct {
	params
	Prompt  string `json:"prompt"`
	Size    string `json:"size"`
	Seconds any    `json:"seconds"`
	form    form
}

// submitVideo serves POST /v1/videos: it begins the making of a video and
// answers with the job at once. A model whose name contains "badjob" fails.
func submitVideo(x *exchange) {
	var r videoRequest
	defer x.end()
	if strings.HasPrefix(x.req.Header.Get("Content-Type"), "multipart/") {
		if !x.beginForm(&r.form) {
			return
		}
		f := r.form.fields
		r.Model, r.Prompt, r.Size, r.Seconds = f["model"], f["prompt"], f["size"], f["seconds"]
	} else if !x.begin(&r) {
		return
	}
	if r.Prompt == "" {
		x.refuse(http.StatusBadRequest, "Bad Request", "prompt", "1 validation error:\n  prompt: a text is required")
		return
	}
	p := params{Model: r.Model}
	prompt := max(1, x.srv.cfg.Count(r.Prompt))
	if !x.check(&p, prompt) {
		return
	}
	j := &videoJob{id: "video_" + x.id, model: r.Model, prompt: r.Prompt, size: r.Size, seconds: "4", createdNS: x.arrivalNS}
	if j.size == "" {
		j.size = "1280x720"
	}
	if s, ok := r.Seconds.(string); ok && s != "" {
		j.seconds = s
	}
	x.srv.videos.add(j)
	// The engine makes it beside the connection, which is free again.
	x.srv.ticks.start(&sequence{arrival: x.arrivalNS, prompt: prompt, max: videoSteps, token: j.step, finish: "stop", pooled: true})
	x.log.PromptTokens = prompt
	x.reply(http.StatusOK, typeJSON, appendJSON(nil, j.state()))
}

// step counts one step of the making.
func (j *videoJob) step(due int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.steps++; j.steps == videoSteps {
		j.doneNS = due
	}
}

// state is the job in OpenAI's and SGLang's form.
func (j *videoJob) state() map[string]any {
	j.mu.Lock()
	defer j.mu.Unlock()
	v := map[string]any{
		"id": j.id, "object": "video", "model": j.model, "prompt": j.prompt, "size": j.size, "seconds": j.seconds, "quality": "standard",
		"created_at": wall(j.createdNS) / 1e9, "completed_at": nil, "expires_at": nil, "error": nil, "url": nil,
		"status": "queued", "progress": 100 * j.steps / videoSteps, "inference_time_s": nil, "peak_memory_mb": nil,
	}
	switch {
	case j.steps == videoSteps && strings.Contains(j.model, "badjob"):
		v["status"] = "failed"
		v["error"] = map[string]any{"code": "server_error", "message": "simulated failure of the job"}
	case j.steps == videoSteps:
		v["status"] = "completed"
		v["completed_at"] = wall(j.doneNS) / 1e9
		v["inference_time_s"] = seconds(j.doneNS - j.createdNS)
		v["peak_memory_mb"] = 2048.0
	case j.steps > 0:
		v["status"] = "in_progress"
	}
	return v
}

// simVideo is an empty MP4 file.
var simVideo, _ = base64.StdEncoding.DecodeString("AAAAHGZ0eXBpc29tAAACAGlzb21pc28ybXA0MQAAAAhmcmVl")

// video serves GET /v1/videos/{id} and /v1/videos/{id}/content.
func video(x *exchange) {
	id, content := strings.CutSuffix(strings.TrimPrefix(x.req.URL.Path, "/v1/videos/"), "/content")
	j := x.srv.videos.get(id)
	if j == nil {
		x.refuse(http.StatusNotFound, "NotFoundError", "id", "The video `%s` does not exist.", id)
		return
	}
	state := j.state()
	if !content {
		x.reply(http.StatusOK, typeJSON, appendJSON(nil, state))
		return
	}
	if state["status"] != "completed" {
		x.refuse(http.StatusBadRequest, "BadRequestError", "id", "The video `%s` is %s.", id, state["status"])
		return
	}
	x.reply(http.StatusOK, "video/mp4", simVideo)
}
