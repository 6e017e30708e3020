package pytext

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
)

func TestAppendString(t *testing.T) {
	for in, want := range map[string]string{
		"":                        `""`,
		"plain <b>&</b> /":        `"plain <b>&</b> /"`,
		"\"\\\b\t\n\f\r\x00\x1f":  `"\"\\\b\t\n\f\r\u0000\u001f"`,
		"\x7fé\u2028👋":            "\"\x7fé\u2028👋\"",
		"a\xffb\xe2\x82\xed\xa0c": "\"a\ufffdb\ufffd\ufffd\ufffd\ufffdc\"",
	} {
		if got := string(AppendString([]byte("x"), in)); got != "x"+want {
			t.Errorf("AppendString(%q) = %s, want x%s", in, got, want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\x00\"\\\u2028\xff")
	f.Fuzz(func(t *testing.T, s string) {
		b := AppendString(nil, s)
		var back string
		if err := json.Unmarshal(b, &back); err != nil || back != string([]rune(s)) {
			t.Errorf("%q became %s, read as %q, %v", s, b, back, err)
		}
	})
}

// What orjson 3 prints for these values.
func TestAppendFloat(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0.0"}, {24, "24.0"}, {-1.5, "-1.5"}, {87.29435099999999, "87.29435099999999"},
		{0.1, "0.1"}, {1e-4, "0.0001"}, {1e-5, "0.00001"}, {1.5e-5, "0.000015"}, {9.9e-6, "9.9e-6"}, {1e-6, "1e-6"},
		{1e15, "1000000000000000.0"}, {1e16, "1e+16"}, {1.2345e17, "1.2345e+17"}, {1e-10, "1e-10"}, {5e-324, "5e-324"},
		{math.Copysign(0, -1), "-0.0"}, {1795499788984711204, "1.7954997889847112e+18"}, {-1e-7, "-1e-7"}, {1e100, "1e+100"},
	} {
		if got := string(AppendFloat([]byte("1."), c.v)); got != "1."+c.want {
			t.Errorf("AppendFloat(%v) = %s, want 1.%s", c.v, got, c.want)
		}
	}
}

func FuzzAppendFloat(f *testing.F) {
	f.Add(1e16)
	f.Add(-9.9e-6)
	f.Fuzz(func(t *testing.T, v float64) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		text := string(AppendFloat(nil, v))
		if got, err := strconv.ParseFloat(text, 64); err != nil || got != v || !json.Valid([]byte(text)) {
			t.Errorf("%v became %s, read as %v, %v", v, text, got, err)
		}
	})
}

func TestRepr(t *testing.T) {
	for in, want := range map[string]string{
		"plain": `'plain'`, "it's": `"it's"`, `"q"`: `'"q"'`, `it's "q"`: `'it\'s "q"'`,
		"a\\b\n\r\t\x00\x7f": `'a\\b\n\r\t\x00\x7f'`, "é👋": "'é👋'", "\u00a0\u2028\U000e0001": `'\xa0\u2028\U000e0001'`,
	} {
		if got := Repr(in); got != want {
			t.Errorf("Repr(%q) = %s, want %s", in, got, want)
		}
	}
}
