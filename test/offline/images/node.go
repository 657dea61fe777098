package images

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// buildNode has the script of the node's image do all: it keeps its own hash,
// loads the image into Docker, and ends with a line that is the archive's path.
func (b *builder) buildNode(ctx context.Context, image Image) (Archive, error) {
	before, err := b.findNode(image)
	if err != nil {
		return Archive{}, err
	}
	out, err := run(ctx, filepath.Join(b.root, "test", "offline", "images", "node", "build"), b.cache)
	if err != nil {
		return Archive{}, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	path := lines[len(lines)-1]
	if _, err := os.Stat(path); err != nil {
		return Archive{}, fmt.Errorf("test/offline/images/node/build ends with no archive's path: %w", err)
	}
	return Archive{Image: image, Path: path, Cached: path == before.Path}, nil
}

// findNode gives the archive that the script made last; it keeps no older one.
func (b *builder) findNode(image Image) (Archive, error) {
	paths, err := filepath.Glob(filepath.Join(b.cache, "images", "kindest-node-*.tar"))
	if err != nil || len(paths) == 0 {
		return Archive{Image: image}, err
	}
	return Archive{Image: image, Path: paths[0], Cached: true}, nil
}
