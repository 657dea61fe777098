package release

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// image is that of the command: an index with an image for each platform.
type image struct {
	index  v1.ImageIndex
	digest v1.Hash
	// platforms are the digests of its images.
	platforms map[platform]v1.Hash
}

// imagePlatforms are those of the image.
var imagePlatforms = []platform{{"linux", "amd64"}, {"linux", "arm64"}}

// buildImage makes the image of the command, without a Docker engine, and writes
// it to Dist as an OCI layout.
func (r *release) buildImage(context.Context) error {
	r.image = image{index: mutate.IndexMediaType(empty.Index, types.OCIImageIndex), platforms: map[platform]v1.Hash{}}
	for _, p := range imagePlatforms {
		made, err := r.imageOf(p)
		if err != nil {
			return err
		}
		if r.image.platforms[p], err = made.Digest(); err != nil {
			return err
		}
		r.image.index = mutate.AppendManifests(r.image.index, mutate.IndexAddendum{
			Add: made, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: p.os, Architecture: p.arch}},
		})
	}
	annotated, ok := mutate.Annotations(r.image.index, r.labels()).(v1.ImageIndex)
	if ok {
		r.image.index = annotated
	}
	var err error
	if r.image.digest, err = r.image.index.Digest(); err != nil {
		return err
	}
	_, err = layout.Write(filepath.Join(r.Dist, "image"), r.image.index)
	return err
}

func (r *release) imageOf(p platform) (v1.Image, error) {
	content, err := layerOf(r.binary(p), r.source.time)
	if err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	created := v1.Time{Time: r.source.time}
	made, err := mutate.ConfigFile(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), &v1.ConfigFile{
		OS: p.os, Architecture: p.arch, Created: created,
		Config: v1.Config{User: "65532:65532", Entrypoint: []string{"/" + project}, Labels: r.labels()},
		RootFS: v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return nil, err
	}
	return mutate.Append(made, mutate.Addendum{Layer: layer, History: v1.History{Created: created, CreatedBy: "make release"}})
}

// labels are OCI's own, on images and on their index.
func (r *release) labels() map[string]string {
	return map[string]string{
		"org.opencontainers.image.title":       project,
		"org.opencontainers.image.description": "The command of istio-lightstep, which its chart runs in pods",
		"org.opencontainers.image.source":      repository,
		"org.opencontainers.image.licenses":    "Apache-2.0",
		"org.opencontainers.image.version":     r.Version,
		"org.opencontainers.image.revision":    r.source.commit,
		"org.opencontainers.image.created":     r.source.time.Format(time.RFC3339),
	}
}

// layerOf is the only layer: the command, and the roots of TLS where Go looks for
// them.
func layerOf(binary string, at time.Time) ([]byte, error) {
	command, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	var layer bytes.Buffer
	archive := tar.NewWriter(&layer)
	for _, file := range []struct {
		name    string
		mode    int64
		content []byte
	}{
		{"etc/ssl/certs/ca-certificates.crt", 0o644, roots()},
		{project, 0o755, command},
	} {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: file.name, Mode: file.mode, Size: int64(len(file.content)), ModTime: at}
		if err := archive.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := archive.Write(file.content); err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return layer.Bytes(), nil
}

// roots are Mozilla's certificates of public authorities, of the version that
// go.mod pins. One that is trusted under conditions alone is left out: a file of
// certificates has no place for conditions.
func roots() []byte {
	var file bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&file, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // a Buffer does not fail
		}
	}
	return file.Bytes()
}
