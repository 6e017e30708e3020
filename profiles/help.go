package profiles

func placeholder(f *Field) string { return f.Type }
