package images

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/kind/pkg/cluster/nodes"
	"sigs.k8s.io/kind/pkg/cluster/nodeutils"
	"sigs.k8s.io/kind/pkg/exec"
)

// loadedFolder is where a node remembers which archives it has.
const loadedFolder = "/var/lib/istio-lightstep-images"

// Load brings archives into every node of the kind cluster of that name, but for
// those that a node has, and the node's own image, several at once. It writes a
// line per image to progress.
func Load(ctx context.Context, name string, archives []Archive, progress io.Writer) error {
	all, err := cluster.NewProvider(cluster.ProviderWithDocker()).ListInternalNodes(name)
	if err != nil {
		return fmt.Errorf("nodes of cluster %s: %w", name, err)
	}
	if len(all) == 0 {
		return fmt.Errorf("cluster %s has no nodes: make it with kind first", name)
	}
	group, ctx := errgroup.WithContext(ctx)
	// A node unpacks an image with one core.
	group.SetLimit(runtime.NumCPU())
	var writing sync.Mutex
	for _, archive := range archives {
		if archive.Image.Build == nodeBuild {
			continue
		}
		for _, node := range all {
			group.Go(func() error {
				note, err := loadWithNote(ctx, node, archive)
				if err != nil {
					return err
				}
				writing.Lock()
				defer writing.Unlock()
				_, err = fmt.Fprintln(progress, note)
				return err
			})
		}
	}
	return group.Wait()
}

// loadWithNote loads an archive into a node and gives the line that tells of it.
func loadWithNote(ctx context.Context, node nodes.Node, archive Archive) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	start := time.Now()
	loaded, err := loadInto(ctx, node, archive)
	if err != nil {
		return "", fmt.Errorf("image %s into %s: %w", archive.Image.Name, node, err)
	}
	done := "was there"
	if loaded {
		done = fmt.Sprintf("loaded in %.1f s", time.Since(start).Seconds())
	}
	return fmt.Sprintf("%s: %s: %s", node, archive.Image.Name, done), nil
}

// loadInto loads an archive into a node unless it is there, which loaded tells.
func loadInto(ctx context.Context, node nodes.Node, archive Archive) (loaded bool, err error) {
	mark := path.Join(loadedFolder, filepath.Base(archive.Path))
	if node.CommandContext(ctx, "test", "-e", mark).Run() == nil {
		return false, nil
	}
	content, err := os.Open(archive.Path)
	if err != nil {
		return false, err
	}
	defer func() { _ = content.Close() }()
	if err := nodeutils.LoadImageArchive(node, content); err != nil {
		if command := exec.RunErrorForError(err); command != nil {
			return false, fmt.Errorf("%w: %s", err, bytes.TrimSpace(command.Output))
		}
		return false, err
	}
	// The archive of an older key must not count once its name has moved on.
	return true, node.CommandContext(ctx, "sh", "-c", `mkdir -p "$1" && rm -f "$1/$2"-*.tar && touch "$3"`,
		"mark", loadedFolder, fileName(archive.Image), mark).Run()
}
