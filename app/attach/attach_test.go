package attach

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"math"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/viewtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// same compares pictures value by value; NaN equals NaN, and no rows are no rows
// whether their list is nil or empty.
func same(a, b reflect.Value, path string) error {
	switch a.Kind() {
	case reflect.Pointer, reflect.Interface:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				return fmt.Errorf("%s: %v and %v", path, a, b)
			}
			return nil
		}
		if a.Type() == reflect.TypeFor[*metric.Def]() {
			if x, y := a.Elem().FieldByName("Tag").String(), b.Elem().FieldByName("Tag").String(); x != y {
				return fmt.Errorf("%s: %s and %s", path, x, y)
			}
			return nil
		}
		return same(a.Elem(), b.Elem(), path)
	case reflect.Struct:
		if x, ok := a.Interface().(time.Time); ok {
			if !x.Equal(b.Interface().(time.Time)) {
				return fmt.Errorf("%s: %v and %v", path, a, b)
			}
			return nil
		}
		for i := range a.NumField() {
			if err := same(a.Field(i), b.Field(i), path+"."+a.Type().Field(i).Name); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return fmt.Errorf("%s: %d and %d rows", path, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if err := same(a.Index(i), b.Index(i), fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Float32, reflect.Float64:
		if x, y := a.Float(), b.Float(); x == y || math.IsNaN(x) && math.IsNaN(y) {
			return nil
		}
	default:
		if reflect.DeepEqual(a.Interface(), b.Interface()) {
			return nil
		}
	}
	return fmt.Errorf("%s: %v and %v", path, a, b)
}

// sent is what arrives at a screen that has last, of which the run knows as was.
func sent(t *testing.T, s, was, last *snap.Snapshot) *snap.Snapshot {
	t.Helper()
	var wire bytes.Buffer
	if err := gob.NewEncoder(&wire).Encode(&answer{Picture: pack(s, was)}); err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := gob.NewDecoder(&wire).Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a.Picture.unpack(last, metric.Builtin())
}

// TestPicturesArriveWhole: every field of every kind of picture, whether all of
// it is sent or only what is new.
func TestPicturesArriveWhole(t *testing.T) {
	r := viewtest.New()
	for name, s := range map[string]*snap.Snapshot{
		"starting": viewtest.Starting(), "no data": viewtest.NoData(), "running": r.At(70 * time.Second), "steered": viewtest.Steered(),
		"draining": viewtest.Draining(), "done": viewtest.Done(), "failed": viewtest.Failed(), "huge": viewtest.Huge(),
	} {
		first := sent(t, s, nil, nil)
		if err := same(reflect.ValueOf(s), reflect.ValueOf(first), name); err != nil {
			t.Error(err)
		}
		next := *s
		next.Done++
		again := sent(t, &next, s, first)
		if err := same(reflect.ValueOf(&next), reflect.ValueOf(again), name+" once more"); err != nil {
			t.Error(err)
		}
		if len(s.Series) > 0 && &again.Series[0] != &first.Series[0] {
			t.Errorf("%s: the history was sent twice", name)
		}
	}
}

// TestPictureOfOtherMetrics leaves out what this program does not know.
func TestPictureOfOtherMetrics(t *testing.T) {
	s := *viewtest.Done()
	p := pack(&s, nil)
	p.Tags[0], p.Final[0] = "of_tomorrow", "of_tomorrow"
	got := p.unpack(nil, metric.Builtin())
	if len(got.Live) != len(s.Live)-1 || len(got.Final.Stats) != len(s.Final.Stats)-1 {
		t.Errorf("%d of %d metrics, %d of %d statistics", len(got.Live), len(s.Live), len(got.Final.Stats), len(s.Final.Stats))
	}
}
