package dataset

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// mediaKind is what a medium is.
type mediaKind int

const (
	imageMedia mediaKind = iota
	audioMedia
	videoMedia
)

func (k mediaKind) String() string { return [...]string{"image", "audio", "video"}[k] }

// maxMediaFile is the largest local file that is put into a request.
const maxMediaFile = 512 << 20

// mediaReader turns what a data file says of a medium into what is sent: URLs,
// data URIs and "wav,<base64>" stay as they are, other names are those of
// local files.
type mediaReader struct {
	// dir is tried for names that are not found from where the program runs:
	// the folder of the data file.
	dir string
	// look only finds out whether a file could be sent, without reading it.
	look bool
}

// load returns the content of one medium. An empty one is legal when it is
// known by its uuid.
func (r *mediaReader) load(kind mediaKind, content string, known bool) (string, error) {
	if content == "" {
		if known {
			return "", nil
		}
		return "", fmt.Errorf("an %s is empty: expected a URL, a data URI or a file", kind)
	}
	if encoded(kind, content) {
		return content, nil
	}
	if scheme, rest, ok := strings.Cut(content, "://"); ok {
		if scheme == "" || rest == "" || strings.HasPrefix(rest, "/") && scheme != "file" {
			return "", fmt.Errorf("%s %.60q is no whole URL", kind, content)
		}
		return content, nil
	}
	path, size, err := r.find(content)
	if err != nil {
		return "", fmt.Errorf("%s %.100q: %w", kind, content, err)
	}
	if size > maxMediaFile {
		return "", fmt.Errorf("%s %.100q has %d MiB: more than %d are not sent", kind, content, size>>20, maxMediaFile>>20)
	}
	s, err := r.encode(kind, path)
	if err != nil {
		return "", fmt.Errorf("%s %.100q: %w", kind, content, err)
	}
	return s, nil
}

// encoded reports whether content is already in the form in which it is sent.
func encoded(kind mediaKind, content string) bool {
	if strings.HasPrefix(content, "data:") {
		return true
	}
	format, _, ok := strings.Cut(content, ",")
	return kind == audioMedia && ok && (strings.EqualFold(format, "wav") || strings.EqualFold(format, "mp3"))
}

func (r *mediaReader) find(name string) (path string, size int64, err error) {
	path = name
	info, err := os.Stat(path)
	if err != nil && r.dir != "" && !filepath.IsAbs(name) {
		if in, e := os.Stat(filepath.Join(r.dir, name)); e == nil {
			path, info, err = filepath.Join(r.dir, name), in, nil
		}
	}
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("there is no such file (%w)", withoutPath(err))
	case !info.Mode().IsRegular():
		return "", 0, errors.New("it is no file")
	}
	return path, info.Size(), nil
}

// encode reads a file into the form in which it is sent.
func (r *mediaReader) encode(kind mediaKind, path string) (string, error) {
	form, err := formOf(kind, path)
	if err != nil || r.look {
		return "", err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", withoutPath(err)
	}
	if kind == audioMedia {
		return form + "," + base64.StdEncoding.EncodeToString(data), nil
	}
	return dataURI(form, data), nil
}

// formOf tells a file's form: an image by its first bytes, others by their
// names.
func formOf(kind mediaKind, path string) (string, error) {
	ext := strings.ToLower(filepath.Ext(path))
	switch {
	case kind == imageMedia:
		f, err := os.Open(path)
		if err != nil {
			return "", withoutPath(err)
		}
		defer f.Close()
		var head [512]byte
		n, _ := f.Read(head[:])
		switch mime := http.DetectContentType(head[:n]); mime {
		case "image/png", "image/jpeg", "image/gif", "image/webp":
			return mime, nil
		}
		return "", errors.New("it is no picture that is sent: expected PNG, JPEG, WebP or GIF")
	case kind == audioMedia && (ext == ".wav" || ext == ".mp3"):
		return ext[1:], nil
	case kind == audioMedia:
		return "", fmt.Errorf("its name ends in %q: expected .wav or .mp3", ext)
	case ext == ".mp4" || ext == ".webm":
		return "video/" + ext[1:], nil
	}
	return "", fmt.Errorf("its name ends in %q: expected .mp4 or .webm", ext)
}
