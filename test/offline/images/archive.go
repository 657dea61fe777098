package images

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// created is the time of every file and image, so that the same inputs give the
// same bytes.
var created = time.Unix(0, 0).UTC()

// write makes the image and writes its archive to path.
func (b *builder) write(ctx context.Context, image Image, path string) error {
	work, err := os.MkdirTemp(b.cache, "image.")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	layers, config := recipes[image.Build].contents(image)
	var written []v1.Layer
	for i, layer := range layers {
		file, err := b.writeLayer(ctx, layer, work, i)
		if err != nil {
			return err
		}
		written = append(written, file)
	}
	made, err := assemble(written, config)
	if err != nil {
		return err
	}
	tag, err := name.NewTag(image.Name)
	if err != nil {
		return err
	}
	// An archive that has its name is complete.
	partial := filepath.Join(work, "archive.tar")
	if err := tarball.WriteToFile(partial, tag, made); err != nil {
		return err
	}
	return os.Rename(partial, path)
}

func assemble(layers []v1.Layer, config v1.Config) (v1.Image, error) {
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{
		Architecture: "amd64",
		OS:           "linux",
		Created:      v1.Time{Time: created},
		Config:       config,
		RootFS:       v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return nil, err
	}
	var additions []mutate.Addendum
	for _, layer := range layers {
		additions = append(additions, mutate.Addendum{Layer: layer, MediaType: types.DockerUncompressedLayer})
	}
	return mutate.Append(image, additions...)
}

func (b *builder) writeLayer(ctx context.Context, layer layer, work string, number int) (v1.Layer, error) {
	path := filepath.Join(work, fmt.Sprintf("layer-%d.tar", number))
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	archive := tar.NewWriter(io.MultiWriter(file, hash))
	if err := layer.write(ctx, b, work, archive); err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, err
	}
	digest := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(hash.Sum(nil))}
	return plainLayer{path: path, digest: digest, size: size}, file.Close()
}

// plainLayer is a layer that is not compressed: an archive never leaves the
// machine, and to compress takes longer than to copy.
type plainLayer struct {
	path   string
	digest v1.Hash
	size   int64
}

// Digest is the file's, as is that of its content.
func (l plainLayer) Digest() (v1.Hash, error) { return l.digest, nil }

// DiffID is the digest of the content.
func (l plainLayer) DiffID() (v1.Hash, error) { return l.digest, nil }

// Compressed gives the file, as it is.
func (l plainLayer) Compressed() (io.ReadCloser, error) { return os.Open(l.path) }

// Uncompressed gives the file.
func (l plainLayer) Uncompressed() (io.ReadCloser, error) { return os.Open(l.path) }

// Size is the file's, in bytes.
func (l plainLayer) Size() (int64, error) { return l.size, nil }

// MediaType says that the layer is a tar file and no more.
func (l plainLayer) MediaType() (types.MediaType, error) { return types.DockerUncompressedLayer, nil }
