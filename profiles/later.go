package profiles

func laterFields() []*Field { return nil }
