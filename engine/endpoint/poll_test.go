package endpoint

import "testing"

func TestPoller(t *testing.T) {
	var p Poller = VideoGeneration{}
	for _, c := range []struct{ url, answer, poll, fault string }{
		{"http://h/v1/videos", `{"id":"v1","status":"queued"}`, "http://h/v1/videos/v1", ""},
		{"http://h/v1/videos/", `{"id":"v1"}`, "http://h/v1/videos/v1", ""},
		{"http://h/v1/videos?a=b", `{"id":7}`, "http://h/v1/videos/7?a=b", ""},
		{"http://h/v1/videos", `{"id":"","status":"queued"}`, "", "No job ID returned: {'id': '', 'status': 'queued'}"},
		{"http://h/v1/videos", `{"error":null,"n":[1.0,true]}`, "", "No job ID returned: {'error': None, 'n': [1.0, True]}"},
		{"http://h/v1/videos", `<html>`, "", "Invalid JSON in video submit response (status 200): <html>"},
		{"http://h/v1/videos", ``, "", "Invalid JSON in video submit response (status 200): <empty>"},
	} {
		poll, fault := p.Submitted(c.url, []byte(c.answer))
		if poll != c.poll || (fault != nil) != (c.fault != "") {
			t.Errorf("Submitted(%q, %s) = %q, %+v", c.url, c.answer, poll, fault)
		}
		if fault != nil && (fault.Message != c.fault || fault.Code != 500 || fault.Type != "VideoGenerationError" || fault.Cause == "") {
			t.Errorf("Submitted(%q, %s): fault %+v, want %q", c.url, c.answer, fault, c.fault)
		}
	}
	for _, c := range []struct {
		answer string
		done   bool
		fault  string
	}{
		{`{"id":"v","status":"queued"}`, false, ""},
		{`{"id":"v","status":"in_progress","progress":10}`, false, ""},
		{`{"id":"v"}`, false, ""},
		{`{"status":"completed"}`, true, ""},
		{`{"status":"failed","error":{"message":"no memory"}}`, true, "Video generation failed: no memory"},
		{`{"status":"failed","error":{}}`, true, "Video generation failed: Unknown error"},
		{`{"status":"failed","error":"boom"}`, true, "Video generation failed: boom"},
		{`{"status":"failed","error":null}`, true, "Video generation failed: None"},
		{`{"status":"failed"}`, true, "Video generation failed: Unknown error"},
		{`nope`, false, "Invalid JSON in video poll response (status 200): nope"},
	} {
		done, fault := p.Polled([]byte(c.answer))
		if done != c.done || (fault != nil) != (c.fault != "") || fault != nil && fault.Message != c.fault {
			t.Errorf("Polled(%s) = %v, %+v, want %v, %q", c.answer, done, fault, c.done, c.fault)
		}
	}
	for _, c := range [][3]string{
		{"http://h/v1/videos/v1", `{"status":"completed","url":null}`, "http://h/v1/videos/v1/content"},
		{"http://h/v1/videos/v1?a=b", `{"status":"completed"}`, "http://h/v1/videos/v1/content?a=b"},
		{"http://h/v1/videos/v1", `{"url":"http://x/y.mp4"}`, "http://x/y.mp4"},
	} {
		if got := p.ContentURL(c[0], []byte(c[1])); got != c[2] {
			t.Errorf("ContentURL(%q, %s) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
	if f := JobTimeout(600); f.Code != 504 || f.Type != "TimeoutError" || f.Message != "Video generation timed out after 600.0s" {
		t.Errorf("timeout %+v", f)
	}
}

func FuzzPoller(f *testing.F) {
	f.Add([]byte(`{"id":"v1","status":"failed","error":{"message":7},"url":"x"}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		p := VideoGeneration{}
		if poll, fault := p.Submitted("http://h/v1/videos", answer); (poll == "") != (fault != nil) {
			t.Errorf("poll %q, fault %+v", poll, fault)
		}
		if done, fault := p.Polled(answer); fault != nil && done && fault.Message == "" {
			t.Errorf("fault %+v", fault)
		}
		if p.ContentURL("http://h/v1/videos/1", answer) == "" {
			t.Error("no URL")
		}
	})
}
