package dataset

import "strings"

var (
	codeVerbs = strings.Fields("load store fetch build parse merge split render decode encode validate resolve schedule " +
		"retry flush index compact rotate sample publish consume register evict replay convert filter sort group probe")
	codeNouns = strings.Fields("batch record token session cache shard queue worker request response schema table cursor " +
		"bucket buffer index event metric channel config payload header stream lease quota region replica user order invoice")
	codeDirs   = strings.Fields("services internal lib core api jobs storage billing search pipeline gateway tools")
	codeTypes  = strings.Fields("int str float bool bytes")
	codeLevels = strings.Fields("DEBUG INFO INFO INFO WARN ERROR")
	codeErrors = strings.Fields("ValueError KeyError TimeoutError ConnectionError RuntimeError PermissionError")
	codeHosts  = strings.Fields("db-1 db-2 cache-eu edge-7 worker-12 ingest-3")
)

func (c *coder) python() {
	name, arg, noun := c.id(), c.pick(codeNouns), c.pick(codeNouns)
	c.f("# %s\nfrom %s.%s import %s\n\n\n", c.file(".py"), c.pick(codeDirs), noun, c.camel())
	c.f("def %s(%s: list[%s], limit: int = %d) -> dict[str, %s]:\n", name, arg, c.pick(codeTypes), 1<<c.s.Between(3, 12), c.pick(codeTypes))
	c.f("    \"\"\"Return one %s per %s, newest first.\"\"\"\n    %ss = {}\n", noun, arg, noun)
	c.f("    for i, item in enumerate(%s[:limit]):\n        if item is None or item.%s < %d:\n            continue\n", arg, c.pick(codeNouns), c.s.IntN(500))
	c.f("        key = f\"{item.%s}:{i %% %d}\"\n        %ss[key] = %s(item)\n", c.pick(codeNouns), c.s.Between(2, 64), noun, c.id())
	c.f("    logger.debug(\"%s: %%d of %%d\", len(%ss), len(%s))\n    return %ss\n", name, noun, arg, noun)
}

func (c *coder) golang() {
	recv, name, noun := title(c.pick(codeNouns)), c.camel(), c.pick(codeNouns)
	c.f("// %s waits for the %s and returns what is left of the %s.\n", name, noun, c.pick(codeNouns))
	c.f("func (r *%s) %s(ctx context.Context, %s string) (int, error) {\n", recv, name, noun)
	c.f("\tr.mu.Lock()\n\tdefer r.mu.Unlock()\n\tfor n := range r.%ss {\n", c.pick(codeNouns))
	c.f("\t\tif err := r.%s(ctx, n, %d*time.Millisecond); err != nil {\n", c.camel(), c.s.Between(1, 900))
	c.f("\t\t\treturn n, fmt.Errorf(\"%s %%s: %%w\", %s, err)\n\t\t}\n\t}\n", strings.ReplaceAll(c.id(), "_", " "), noun)
	c.f("\treturn len(r.%ss), nil\n}\n", noun)
}

func (c *coder) script() {
	c.f("$ kubectl -n %s get pods --selector app=%s\n", c.pick(codeDirs), c.pick(codeNouns))
	c.f("NAME                          READY   STATUS    RESTARTS   AGE\n")
	for range c.s.Between(2, 5) {
		c.f("%s-%s-%s   1/1     Running   %d          %dh\n", c.pick(codeNouns), c.hex(8), c.hex(5), c.s.IntN(4), c.s.Between(1, 400))
	}
	c.f("$ du -sh /var/lib/%s/* | sort -h | tail -n %d\n", c.pick(codeNouns), c.s.Between(2, 9))
	for range c.s.Between(2, 4) {
		c.f("%d.%dG\t/var/lib/%s\n", c.s.Between(1, 90), c.s.IntN(10), c.pick(codeNouns))
	}
}

func (c *coder) log() {
	for range c.s.Between(4, 9) {
		c.f("%s %-5s [%s] %s: %s=%d latency_ms=%d.%d request_id=%s\n", c.stamp(), c.pick(codeLevels), c.pick(codeHosts),
			strings.ReplaceAll(c.id(), "_", " "), c.pick(codeNouns), c.s.IntN(100_000), c.s.IntN(3000), c.s.IntN(10), c.hex(12))
	}
}

func (c *coder) json() {
	c.f("{\n  \"id\": \"%s\",\n  \"%s\": {\"name\": \"%s\", \"%s_ms\": %d.%d},\n", c.hex(16), c.pick(codeNouns), c.id(), c.pick(codeVerbs), c.s.IntN(900), c.s.IntN(10))
	c.f("  \"updated_at\": \"%s\",\n  \"%ss\": [\n", c.stamp(), c.pick(codeNouns))
	for n := c.s.Between(2, 4); n > 0; n-- {
		comma := ","
		if n == 1 {
			comma = ""
		}
		c.f("    {\"%s\": %d, \"host\": \"%s\", \"ok\": %t}%s\n", c.pick(codeNouns), c.s.IntN(10_000), c.pick(codeHosts), c.s.IntN(3) > 0, comma)
	}
	c.f("  ]\n}\n")
}

func (c *coder) diff() {
	path, at := c.file(".go"), c.s.Between(10, 400)
	c.f("diff --git a/%s b/%s\nindex %s..%s 100644\n--- a/%s\n+++ b/%s\n", path, path, c.hex(7), c.hex(7), path, path)
	c.f("@@ -%d,6 +%d,7 @@ func %s(%s *%s) error {\n", at, at, c.camel(), c.pick(codeNouns), title(c.pick(codeNouns)))
	a, b := c.pick(codeNouns), c.pick(codeNouns)
	c.f(" \tif %s == nil {\n \t\treturn err%s\n \t}\n", a, title(b))
	c.f("-\t%s := new%s(%d)\n+\t%s := new%s(%s.%s)\n+\tdefer %s.Close()\n", b, title(b), 1<<c.s.Between(4, 14), b, title(b), a, title(c.pick(codeNouns)), b)
	c.f(" \treturn %s.%s(ctx)\n }\n", b, title(c.pick(codeVerbs)))
}

func (c *coder) tests() {
	c.f("$ pytest -q %s\n", c.file("_test.py"))
	ok := c.s.Between(5, 60)
	c.f("%s%s\n", strings.Repeat(".", ok), strings.Repeat("F", 1))
	c.f("E       AssertionError: assert %d == %d\nE        +  where %d = %s(%s=%d)\n", ok, ok+1, ok, c.id(), c.pick(codeNouns), c.s.IntN(100))
	c.f("FAILED %s::test_%s - 1 failed, %d passed in %d.%02ds\n", c.file("_test.py"), c.id(), ok, c.s.IntN(20), c.s.IntN(100))
}

func (c *coder) trace() {
	c.f("Traceback (most recent call last):\n")
	for range c.s.Between(2, 4) {
		c.f("  File \"/srv/app/%s\", line %d, in %s\n    %s = self.%s(%s, timeout=%d)\n", c.file(".py"), c.s.Between(8, 900), c.id(),
			c.pick(codeNouns), c.id(), c.pick(codeNouns), c.s.Between(1, 60))
	}
	c.f("%s: %s %s not found after %d attempts\n", c.pick(codeErrors), c.pick(codeNouns), c.hex(6), c.s.Between(2, 9))
}
