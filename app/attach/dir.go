package attach

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// maxPath is what the path of a unix socket may have everywhere, in bytes.
const maxPath = 100

// ending is that of the sockets' names.
const ending = ".sock"

// Dir is the folder of the user's sockets: below the runtime directory of the
// session, else below the folder for temporary files. It is made if need be, and
// refused if others could reach into it.
func Dir(getenv func(string) string) (string, error) {
	var tried error
	for _, dir := range folders(getenv) {
		err := private(dir)
		if err == nil {
			return dir, nil
		}
		if tried == nil {
			tried = err
		}
	}
	return "", tried
}

func folders(getenv func(string) string) []string {
	var out []string
	add := func(dir string) {
		if filepath.IsAbs(dir) && len(dir)+len("/0123456789ab"+ending) <= maxPath {
			out = append(out, dir)
		}
	}
	if dir := getenv("XDG_RUNTIME_DIR"); dir != "" {
		add(filepath.Join(dir, "tacho"))
	}
	own := "tacho-" + strconv.Itoa(os.Getuid())
	if dir := getenv("TMPDIR"); dir != "" {
		add(filepath.Join(dir, own))
	}
	add(filepath.Join(os.TempDir(), own))
	return out
}

// private makes a folder that only its owner can look into, or finds it so.
func private(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return fmt.Errorf("folder for sockets: %w", err)
	}
	st, err := os.Lstat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("folder for sockets: %w", err)
	case !st.IsDir() || !ours(st):
		return fmt.Errorf("folder for sockets: %s belongs to somebody else", dir)
	case st.Mode().Perm()&0o077 != 0:
		if err := os.Chmod(dir, 0o700); err != nil {
			return fmt.Errorf("folder for sockets: %w", err)
		}
	}
	return writable(dir)
}

// writable finds out whether files can be made in a folder.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".try-")
	if err != nil {
		return fmt.Errorf("folder for sockets: %w", err)
	}
	_ = f.Close()
	return os.Remove(f.Name())
}

// sockets are the ids of those in a folder, in order of their names.
func sockets(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var ids []string
	for _, e := range entries {
		if id, ok := cutEnding(e.Name()); ok && e.Type()&fs.ModeSocket != 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

func cutEnding(name string) (string, bool) {
	if filepath.Ext(name) != ending {
		return "", false
	}
	return name[:len(name)-len(ending)], true
}
