package profiles

// Opt is one setting. V is what the run uses: the default until someone says
// otherwise. Set tells that someone did (a flag, a file, or a rule that always
// writes the value down); only set values are written to input_config and YAML.
type Opt[T any] struct {
	V   T
	Set bool
}

// Put stores a value and marks it as set.
func (o *Opt[T]) Put(v T) { o.V, o.Set = v, true }

// leaf is one setting without its type: what walking a Profile yields.
type leaf interface {
	isSet() bool
	// tree returns the value as JSON sees it: string, bool, int, float64,
	// []any or Object.
	tree() any
	// fromTree is the opposite; it accepts what YAML and JSON may hold.
	fromTree(any) error
	unset()
	// unmark keeps the value and takes back the mark.
	unmark()
}

func (o *Opt[T]) isSet() bool { return o.Set }

func (o *Opt[T]) unmark() { o.Set = false }

func (o *Opt[T]) unset() { var zero Opt[T]; *o = zero }

// shaped is a setting with a form of its own, such as a list of headers.
type shaped interface {
	tree() any
	fromTree(any) error
}

func (o *Opt[T]) tree() any {
	switch v := any(&o.V).(type) {
	case shaped:
		return v.tree()
	case *[]string:
		return listOfAny(*v)
	case *[]int:
		return listOfAny(*v)
	case *[]float64:
		return listOfAny(*v)
	}
	return any(o.V)
}

func (o *Opt[T]) fromTree(x any) error {
	var err error
	switch v := any(&o.V).(type) {
	case shaped:
		err = v.fromTree(x)
	case *string:
		*v, err = asString(x)
	case *bool:
		*v, err = asBool(x)
	case *int:
		*v, err = asInt(x)
	case *float64:
		*v, err = asFloat(x)
	case *[]string:
		*v, err = asStrings(x)
	case *[]int:
		*v, err = asList(x, asInt)
	case *[]float64:
		*v, err = asList(x, asFloat)
	}
	if err == nil {
		o.Set = true
	}
	return err
}

func listOfAny[T any](list []T) any {
	out := make([]any, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}
