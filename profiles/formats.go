package profiles

import "errors"

// Formats is a list of file formats; none at all is written as false.
type Formats []string

func (f *Formats) tree() any {
	if len(*f) == 0 {
		return false
	}
	var list []any
	for _, s := range *f {
		list = append(list, s)
	}
	return list
}

func (f *Formats) fromTree(x any) error {
	if b, ok := x.(bool); ok {
		if b {
			return errors.New("must be a list of formats or false")
		}
		*f = nil
		return nil
	}
	list, err := asStrings(x)
	if err != nil {
		return errors.New("must be a list of formats or false")
	}
	*f = list
	return nil
}
