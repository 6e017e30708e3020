package dataset

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // the kinds of files that a source may have
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	_ "golang.org/x/image/bmp"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"tacho/engine/random"
)

// The ways to draw pictures from a folder; the first is the default.
const (
	DrawAgain    = "random-with-replacement" // each anew
	DrawShuffled = "shuffle-cycle"           // all in random order, and again
	DrawInOrder  = "sequential-cycle"        // all by name, and again
)

// pictureSuffixes are those of the files that are taken from a folder.
var pictureSuffixes = []string{".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp"}

// pictureFolder is a folder of pictures that are resized and sent.
type pictureFolder struct {
	files []string
	hash  string // of names, sizes and times
	draw  string
	root  random.Root

	mu     sync.Mutex
	opened map[int]image.Image // as long as there is room
	room   int                 // pixels
}

// keepPixels bounds the pictures that are kept decoded; the others are read each time.
const keepPixels = 32 << 20

// openPictures lists a folder and looks at each picture's header.
func openPictures(dir, how string, root random.Root) (*pictureFolder, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("image source: %w", err)
	}
	f := &pictureFolder{draw: how, root: root, opened: map[int]image.Image{}, room: keepPixels}
	var facts []any
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || !slices.Contains(pictureSuffixes, strings.ToLower(filepath.Ext(path))) {
			continue
		}
		if err := checkPicture(path); err != nil {
			return nil, fmt.Errorf("image source: %s: %w; mend it or take it out of the folder", path, err)
		}
		f.files = append(f.files, path)
		facts = append(facts, e.Name(), info.Size(), info.ModTime().UnixNano())
	}
	if len(f.files) == 0 {
		return nil, fmt.Errorf("image source: %s has no pictures (%s)", dir, strings.Join(pictureSuffixes, " "))
	}
	f.hash = hashOf(facts...)
	return f, nil
}

func checkPicture(path string) error {
	r, err := os.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	c, _, err := image.DecodeConfig(r)
	if err == nil && (c.Width < 1 || c.Height < 1 || c.Width > maxPixels || c.Height > maxPixels) {
		err = fmt.Errorf("it has %d x %d pixels", c.Width, c.Height)
	}
	return err
}

// pick is the picture to take: k counts all pictures of the run.
func (f *pictureFolder) pick(k int, s *random.Stream) int {
	n := len(f.files)
	switch f.draw {
	case DrawInOrder:
		return k % n
	case DrawShuffled:
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		f.root.At("dataset.image.source", k/n).Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
		return order[k%n]
	}
	return s.IntN(n)
}

// resized is picture i in a size.
func (f *pictureFolder) resized(i, w, h int) (image.Image, error) {
	src, err := f.open(i)
	if err != nil {
		return nil, err
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, src.Bounds(), draw.Src, nil) // bicubic, as Pillow has it
	return dst, nil
}

func (f *pictureFolder) open(i int) (image.Image, error) {
	f.mu.Lock()
	src := f.opened[i]
	f.mu.Unlock()
	if src != nil {
		return src, nil
	}
	b, err := os.ReadFile(f.files[i])
	if err == nil {
		src, _, err = image.Decode(bytes.NewReader(b))
	}
	if err != nil {
		return nil, fmt.Errorf("image source: %s: %w", f.files[i], err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if size := src.Bounds().Dx() * src.Bounds().Dy(); size <= f.room && f.opened[i] == nil {
		f.opened[i] = src
		f.room -= size
	}
	return src, nil
}

// checkSource looks at what does not need the folder.
func (c *ImageConfig) checkSource() error {
	switch {
	case c.Draw != "" && c.Draw != DrawAgain && c.Draw != DrawShuffled && c.Draw != DrawInOrder:
		return fmt.Errorf("unknown way to draw pictures %q: use %s, %s or %s", c.Draw, DrawAgain, DrawShuffled, DrawInOrder)
	case c.Folder == "" && c.Draw != "" && c.Draw != DrawAgain:
		return errors.New("noise has no pictures to draw in some order: give a folder")
	}
	return nil
}

// cycles tells whether which picture comes depends on those before.
func (c *ImageConfig) cycles() bool { return c.on() && c.Draw != "" && c.Draw != DrawAgain }
