package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// CacheVariable names the environment variable that moves the cache. Unset, the
// cache is istio-lightstep in the user's cache folder.
const CacheVariable = "ISTIO_LIGHTSTEP_CACHE"

// Cache gives the cache's folder.
func Cache() (string, error) {
	if folder := os.Getenv(CacheVariable); folder != "" {
		return filepath.Abs(folder)
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a cache folder, set %s: %w", CacheVariable, err)
	}
	return filepath.Join(user, "istio-lightstep"), nil
}

// Archive is an image in a file, as `docker save` writes it.
type Archive struct {
	Image Image
	// Path is the file's.
	Path string
	// Cached tells that it was there already.
	Cached bool
}

// Build makes the archives of the images that names stand for (see [Select]), in
// folder images of cache, unless they are there already. It writes a line per
// image to progress: what was done, how long it took, the archive's size. It
// needs root for Debian's roots, and for the node's image Docker. One image that
// fails does not keep the others from being made; the error tells all that
// failed.
func Build(ctx context.Context, cache string, names []string, progress io.Writer) ([]Archive, error) {
	b, err := newBuilder(cache)
	if err != nil {
		return nil, err
	}
	return each(ctx, names, progress, b.archive)
}

// Find gives the archives of the images that names stand for, as Build would
// make them now, and makes none: Cached tells whether they are there.
func Find(ctx context.Context, cache string, names []string) ([]Archive, error) {
	b, err := newBuilder(cache)
	if err != nil {
		return nil, err
	}
	return each(ctx, names, io.Discard, b.find)
}

func each(ctx context.Context, names []string, progress io.Writer,
	archive func(context.Context, Image) (Archive, error),
) ([]Archive, error) {
	chosen, err := Select(names...)
	if err != nil {
		return nil, err
	}
	var archives []Archive
	var failed []error
	for i, image := range chosen {
		if err := ctx.Err(); err != nil {
			return archives, err
		}
		// The name comes before the work, the rest of the line behind it.
		_, _ = fmt.Fprintf(progress, "[%*d/%d] %s: ", len(fmt.Sprint(len(chosen))), i+1, len(chosen), image.Name)
		start := time.Now()
		made, err := archive(ctx, image)
		if err != nil {
			_, _ = fmt.Fprintln(progress, "failed")
			failed = append(failed, fmt.Errorf("image %s: %w", image.Name, err))
			continue
		}
		_, _ = fmt.Fprintln(progress, made.note(time.Since(start)))
		archives = append(archives, made)
	}
	return archives, errors.Join(failed...)
}

func (a Archive) note(took time.Duration) string {
	size := int64(0)
	if info, err := os.Stat(a.Path); err == nil {
		size = info.Size()
	}
	done := fmt.Sprintf("made in %.1f s", took.Seconds())
	if a.Cached {
		done = "cached"
	}
	return fmt.Sprintf("%s, %d MB", done, size/1e6)
}

// builder builds from one tree into one cache.
type builder struct {
	// root is the repository's, cache the folder of the archives.
	root, cache string
	// sources remembers what the hash of a program's own sources was.
	sources map[string]string
}

func newBuilder(cache string) (*builder, error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	cache, err = filepath.Abs(cache)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(cache, "images"), 0o750); err != nil {
		return nil, err
	}
	return &builder{root: root, cache: cache, sources: map[string]string{}}, nil
}

// repository finds the root from the working folder upwards, so that tests and
// the command find it wherever they start.
func repository() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "test", "offline", "images", "images.yaml")); err == nil {
			return folder, nil
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("test/offline/images not found, run this inside of the repository")
		}
		folder = parent
	}
}

func (b *builder) find(ctx context.Context, image Image) (Archive, error) {
	if image.Build == nodeBuild {
		return b.findNode(image)
	}
	key, err := b.key(ctx, image)
	if err != nil {
		return Archive{}, err
	}
	path := filepath.Join(b.cache, "images", fileName(image)+"-"+key+".tar")
	_, err = os.Stat(path)
	return Archive{Image: image, Path: path, Cached: err == nil}, nil
}

func (b *builder) archive(ctx context.Context, image Image) (Archive, error) {
	if image.Build == nodeBuild {
		return b.buildNode(ctx, image)
	}
	archive, err := b.find(ctx, image)
	if err != nil || archive.Cached {
		return archive, err
	}
	if err := b.write(ctx, image, archive.Path); err != nil {
		return Archive{}, err
	}
	return archive, removeOlder(archive)
}

// fileName is the image's name as the start of a file's.
func fileName(image Image) string {
	return strings.NewReplacer("/", "-", ":", "-").Replace(image.Name)
}

// removeOlder removes the archives of the same image with another key.
func removeOlder(archive Archive) error {
	folder := filepath.Dir(archive.Path)
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	same := regexp.MustCompile("^" + regexp.QuoteMeta(fileName(archive.Image)) + "-[0-9a-f]{16}[.]tar$")
	for _, file := range files {
		if !same.MatchString(file.Name()) || file.Name() == filepath.Base(archive.Path) {
			continue
		}
		if err := os.Remove(filepath.Join(folder, file.Name())); err != nil {
			return err
		}
	}
	return nil
}
