package simserver

import (
	"fmt"
	"testing"
	"time"
)

func TestFaultTable(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Faults() {
		if seen[f.Name] || f.Name == "" || f.Doc == "" || f.Stage == "" {
			t.Errorf("fault %q: needs a name of its own, a doc and a stage", f.Name)
		}
		seen[f.Name] = true
		acts := f.conn != nil || f.answer != nil || f.stream != nil || f.whole != nil || f.slowHead || f.noObject
		if !acts || (f.Stage == StageConnection) != (f.conn != nil) || (f.Stage == StageResponse) != (f.answer != nil) {
			t.Errorf("fault %s: what it does does not fit stage %s", f.Name, f.Stage)
		}
		if got := faultNamed(f.Name); got == nil || got.Name != f.Name {
			t.Errorf("faultNamed(%q) = %+v", f.Name, got)
		}
	}
	for name := range onWire {
		if !seen[name] {
			t.Errorf("the tests expect a fault %q that does not exist", name)
		}
	}
}

func TestFaultRules(t *testing.T) {
	count := func(r FaultRule, seed uint64) (n int) {
		for i := 1; i <= 10000; i++ {
			if r.fires(seed, 0, i, saltFault) {
				n++
			}
		}
		return n
	}
	if n := count(FaultRule{Percent: 10}, 1); n < 850 || n > 1150 {
		t.Errorf("10 %% fired %d times in 10000", n)
	}
	if a, b := count(FaultRule{Percent: 3}, 5), count(FaultRule{Percent: 3}, 5); a != b {
		t.Errorf("the same seed gave %d and %d", a, b)
	}
	if n := count(FaultRule{Percent: 100}, 2); n != 10000 {
		t.Errorf("100 %% fired %d times in 10000", n)
	}
	if n := count(FaultRule{}, 2); n != 0 {
		t.Errorf("an empty rule fired %d times", n)
	}
	if n := count(FaultRule{Every: 4}, 2); n != 2500 {
		t.Errorf("every 4th fired %d times in 10000", n)
	}
	if n := count(FaultRule{At: []int{3, 9}}, 2); n != 2 {
		t.Errorf("two indexes fired %d times", n)
	}
}

func TestFaultRulesByIndex(t *testing.T) {
	cfg := faultConfig()
	cfg.Faults = []FaultRule{{Name: "http-429", At: []int{2}}, {Name: "http-500", Every: 3}}
	s := start(t, cfg)
	for i, want := range []string{"200", "429", "500", "200", "200", "500"} {
		got := talk(t, s, post("/v1/chat/completions", chatBody("m", 2, "")), 20*time.Second)
		mustContain(t, fmt.Sprintf("answer %d", i+1), got.head(), "HTTP/1.1 "+want)
	}
}

func TestScriptedModelNames(t *testing.T) {
	for model, wants := range map[string][]string{
		"mock-faulty":   {"200 OK", "200 OK", "HTTP/1.1 500", "200 OK", "200 OK", "200 OK"},
		"mock-errkinds": {"[DONE]", errorBlock, `"stop"`, `[{"del`, `200 answer`, "[DONE]"},
	} {
		s := start(t, faultConfig())
		for i, want := range wants {
			got := talk(t, s, post("/v1/chat/completions", chatBody(model, 8, streaming)), 20*time.Second)
			mustContain(t, fmt.Sprintf("%s, answer %d", model, i+1), got.raw, want)
		}
	}
}

func TestUnknownFaultInModelName(t *testing.T) {
	got := talk(t, start(t, faultConfig()), post("/v1/chat/completions", chatBody("sim-fault-typo", 2, "")), 20*time.Second)
	mustContain(t, "answer", got.raw, "HTTP/1.1 404", "`typo`")
}

func TestParseFault(t *testing.T) {
	for in, want := range map[string]FaultRule{
		"cut": {Name: "cut", Percent: 100}, "hang=5": {Name: "hang", Percent: 5}, "http-429=0.25%": {Name: "http-429", Percent: 0.25},
	} {
		if got, err := ParseFault(in); err != nil || got.Name != want.Name || got.Percent != want.Percent {
			t.Errorf("ParseFault(%q) = %+v, %v, want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "typo", "typo=3", "cut=", "cut=101", "cut=-1", "cut=NaN", "cut=x"} {
		if got, err := ParseFault(in); err == nil {
			t.Errorf("ParseFault(%q) = %+v, want an error", in, got)
		}
	}
}
