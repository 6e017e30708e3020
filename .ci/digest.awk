# What matters of a log of `go test` that failed, in some hundred lines: where
# the program's goroutines were when a package panicked or ran out of time, then
# the failed tests with the beginnings of what they say.

function note(line) { notes[++n] = substr(line, 1, 200) }

# A goroutine ends: its frames of this module count, once for all alike.
function stack_end() {
	if (frames != "" && ++seen[frames] == 1) { order[++stacks] = frames; title[frames] = head }
	frames = head = name = ""
}

/^(goroutine [0-9]+ .*|\[?Goroutine [0-9]+ in state .*):$/ { stack_end(); head = $0; next }
/^(FAIL|ok |--- |=== |[ \t\r]*$)/ { stack_end() }
head != "" && /^tacho\// { name = $0; sub(/\([^()]*\)$/, "", name); next }
head != "" && name != "" { at = $1; sub(/.*\//, "", at); frames = frames "    " name " " at "\n" }
head != "" { name = ""; next }

/^WARNING: DATA RACE|^panic: |^fatal error: |^goleak: / { left = 20 }
/^ *--- FAIL/ { note($0); left = 25; next }
/^(=== |ok |PASS|exit status|\?)/ { left = 0 }
/^FAIL/ { if (NF > 1) note($0); left = 0 }
/^# |^[^ ]+\.go:[0-9]+:[0-9]+: / { note($0); left = 0 } # it does not compile
left > 0 && said < 60 && !/^[ \t\r]*$/ { note($0); left--; said++ }

END {
	stack_end()
	if (stacks > 0) print "goroutines of the program:"
	for (i = 1; i <= stacks && lines < 45; i++) {
		alike = (seen[order[i]] > 1) ? " (" seen[order[i]] " alike)" : ""
		printf "%s", title[order[i]] alike "\n" order[i]
		lines += split(order[i], parts, "\n")
	}
	if (i <= stacks) print "and " (stacks - i + 1) " more"
	for (i = 1; i <= n; i++) print notes[i]
}
