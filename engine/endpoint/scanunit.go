package endpoint

// once reports whether a bit is new to the mask and sets it. A key that comes
// twice is left to the complete parser, where the last one wins.
func once(mask *uint32, bit uint) bool {
	if *mask&(1<<bit) != 0 {
		return false
	}
	*mask |= 1 << bit
	return true
}

// scan fills the unit in one pass. False means: use parse.
func (u *unit) scan(data []byte) bool {
	s := scanner{b: data, u: u}
	if !s.eat('{') {
		return false
	}
	u.isObject = true
	var seen uint32
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok {
			return false
		}
		if end {
			// An empty object is false to Python, and object "error" an error:
			// rare cases, for parse.
			return !first && string(u.object) != "error" && s.peek() == 0 && s.i == len(data)
		}
		switch string(key) {
		case "object":
			ok = once(&seen, 0)
			if ok {
				u.object, ok = s.text()
			}
		case "choices":
			ok = once(&seen, 1) && s.choices()
		case "usage":
			ok = once(&seen, 2) && (s.isNull() || s.usage())
		case "error":
			ok = once(&seen, 3) && s.isNull()
		default:
			ok = s.skip(0)
		}
		if !ok {
			return false
		}
	}
}

// choices takes the array, reading its first element.
func (s *scanner) choices() bool {
	if !s.eat('[') {
		return false
	}
	for first := true; ; first = false {
		end, ok := s.element(first)
		if !ok || end {
			return ok
		}
		if first {
			ok = s.choice()
		} else {
			ok = s.skip(0)
		}
		if !ok {
			return false
		}
	}
}

func (s *scanner) choice() bool {
	if !s.eat('{') {
		return false
	}
	var seen uint32
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok || end {
			return ok
		}
		switch string(key) {
		case "delta":
			ok = once(&seen, 0) && s.message(partDelta)
		case "message":
			// Both at once is odd enough for the complete parser.
			ok = once(&seen, 0) && s.message(partMessage)
		case "text":
			ok = once(&seen, 1)
			if ok {
				s.u.text, ok = s.text()
				s.u.hasText = ok
			}
		default:
			ok = s.skip(0)
		}
		if !ok {
			return false
		}
	}
}

func (s *scanner) message(p part) bool {
	if !s.eat('{') {
		return false
	}
	s.u.part = p
	var seen uint32
	var thought, thinking []byte // reasoning_content, reasoning
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok {
			return false
		}
		if end {
			s.u.reasoning = thought
			if len(thought) == 0 {
				s.u.reasoning = thinking
			}
			return true
		}
		switch string(key) {
		case "content":
			ok = once(&seen, 0)
			if ok {
				s.u.content, ok = s.textOrNull()
			}
		case "reasoning_content":
			ok = once(&seen, 1)
			if ok {
				thought, ok = s.textOrNull()
			}
		case "reasoning":
			ok = once(&seen, 2)
			if ok {
				thinking, ok = s.textOrNull()
			}
		case "tool_calls":
			ok = once(&seen, 3) && (s.isNull() || s.toolCalls(p == partMessage))
		case "function_call":
			ok = once(&seen, 4) && s.isNull()
		default:
			ok = s.skip(0)
		}
		if !ok {
			return false
		}
	}
}

func (s *scanner) toolCalls(whole bool) bool {
	if !s.eat('[') {
		return false
	}
	for first := true; ; first = false {
		end, ok := s.element(first)
		if !ok || end {
			return ok
		}
		s.u.calls = append(s.u.calls, ToolPiece{Index: -1, Whole: whole})
		if !s.toolCall(&s.u.calls[len(s.u.calls)-1]) {
			return false
		}
	}
}

func (s *scanner) toolCall(c *ToolPiece) bool {
	if !s.eat('{') {
		return false
	}
	var seen uint32
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok || end {
			return ok
		}
		switch string(key) {
		case "index":
			ok = once(&seen, 0)
			if ok {
				c.Index, ok = s.count()
			}
		case "id":
			ok = once(&seen, 1)
			if ok {
				c.ID, ok = s.textOrNull()
			}
		case "type":
			ok = once(&seen, 2)
			if ok {
				c.Type, ok = s.textOrNull()
			}
		case "function":
			ok = once(&seen, 3) && s.function(c)
		default:
			ok = s.skip(0)
		}
		if !ok {
			return false
		}
	}
}

func (s *scanner) function(c *ToolPiece) bool {
	if !s.eat('{') {
		return false
	}
	var seen uint32
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok || end {
			return ok
		}
		switch string(key) {
		case "name":
			ok = once(&seen, 0)
			if ok {
				c.Name, ok = s.textOrNull()
			}
		case "arguments":
			ok = once(&seen, 1)
			if ok {
				c.Arguments, ok = s.textOrNull()
			}
		default:
			ok = s.skip(0)
		}
		if !ok {
			return false
		}
	}
}
