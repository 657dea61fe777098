package release

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
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
	content, err := r.layerOf(p)
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

// layerOf is the only layer: the command, the terms of what is in it, and the
// roots of TLS where Go looks for them.
func (r *release) layerOf(p platform) ([]byte, error) {
	command, err := os.ReadFile(r.binary(p))
	if err != nil {
		return nil, err
	}
	license, err := os.ReadFile(filepath.Join(r.extras(), "LICENSE"))
	if err != nil {
		return nil, err
	}
	others, err := os.ReadFile(filepath.Join(r.extras(), licensesFile))
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
		{"licenses/LICENSE", 0o644, license},
		{"licenses/" + licensesFile, 0o644, others},
	} {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: file.name, Mode: file.mode, Size: int64(len(file.content)), ModTime: r.source.time}
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

// publish signs what Helm verifies, pushes image and chart by their digests, and
// signs them, their provenance, the SBOMs and the checksums. Only then they get
// the tags by which people find them: nothing that is not signed ever has one.
func (r *release) publish(ctx context.Context) error {
	if err := r.writeProvenance(); err != nil {
		return err
	}
	image, err := name.NewTag(r.Registry + "/" + project + ":" + r.Version)
	if err != nil {
		return err
	}
	chart, err := name.NewTag(r.Registry + "/charts/" + project + ":" + r.Version)
	if err != nil {
		return err
	}
	options := []remote.Option{remote.WithAuthFromKeychain(authn.DefaultKeychain), remote.WithContext(ctx)}
	imageDigest := image.Digest(r.image.digest.String())
	if err := remote.WriteIndex(imageDigest, r.image.index, options...); err != nil {
		return err
	}
	chartDigest, err := r.pushChart(ctx, chart.Repository, options)
	if err != nil {
		return err
	}
	c, err := r.newCosign(ctx)
	if err != nil {
		return err
	}
	if err := r.sign(ctx, c, image.Repository, chartDigest); err != nil {
		return err
	}
	for _, pushed := range []struct {
		tag    name.Tag
		digest name.Digest
	}{{image, imageDigest}, {chart, chartDigest}} {
		what, err := remote.Get(pushed.digest, options...)
		if err != nil {
			return err
		}
		if err := remote.Tag(pushed.tag, what, options...); err != nil {
			return err
		}
		r.say("pushed %s@%s", pushed.tag, pushed.digest.DigestStr())
	}
	return nil
}

// pushChart pushes the chart without a tag. Helm pushes with one, so it pushes
// into a registry of this process, and what is there is copied: the chart, and the
// provenance beside its file.
func (r *release) pushChart(ctx context.Context, to name.Repository, options []remote.Option) (name.Digest, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return name.Digest{}, err
	}
	server := &http.Server{Handler: registry.New(registry.Logger(log.New(io.Discard, "", 0))), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	local := listener.Addr().String() + "/charts"
	if _, err := output(ctx, r.work, nil, r.Helm, "push", r.chart, "oci://"+local, "--plain-http"); err != nil {
		return name.Digest{}, err
	}
	from, err := name.NewTag(local + "/" + project + ":" + r.Version)
	if err != nil {
		return name.Digest{}, err
	}
	chart, err := remote.Image(from, remote.WithContext(ctx))
	if err != nil {
		return name.Digest{}, err
	}
	digest, err := chart.Digest()
	if err != nil {
		return name.Digest{}, err
	}
	pushed := to.Digest(digest.String())
	return pushed, remote.Write(pushed, chart, options...)
}

func (r *release) sign(ctx context.Context, c cosign, image name.Repository, chart name.Digest) error {
	index := image.Digest(r.image.digest.String())
	for _, reference := range []name.Digest{index, chart} {
		if err := c.run(ctx, "sign", reference.String()); err != nil {
			return err
		}
		if err := c.attest(ctx, "slsaprovenance1", r.predicateFile(), reference); err != nil {
			return err
		}
	}
	for _, p := range imagePlatforms {
		if err := c.attest(ctx, "cyclonedx", r.sbom(p), image.Digest(r.image.platforms[p].String())); err != nil {
			return err
		}
	}
	if err := c.run(ctx, "sign-blob", "--bundle", r.asset(checksums, ".sigstore.json"), r.asset(checksums)); err != nil {
		return err
	}
	return c.run(ctx, "sign-blob", "--bundle", r.statementFile()+".sigstore.json", r.statementFile())
}

// cosign is the program with what says who signs.
type cosign struct {
	program, work string
	identity      []string
}

// newCosign signs with the key, if there is one, and then tells no public service:
// a key is for tests. Otherwise it signs with the identity of the workflow.
func (r *release) newCosign(ctx context.Context) (cosign, error) {
	c := cosign{program: r.Cosign, work: r.work}
	if r.Key == "" {
		return c, nil
	}
	key, err := filepath.Abs(r.Key)
	if err != nil {
		return cosign{}, err
	}
	if _, err := os.Stat(key); err != nil {
		return cosign{}, fmt.Errorf("COSIGN_KEY: %w", err)
	}
	services := filepath.Join(r.work, "signing-config.json")
	if _, err := output(ctx, r.work, nil, r.Cosign, "signing-config", "create", "--out", services); err != nil {
		return cosign{}, err
	}
	c.identity = []string{"--key", key, "--signing-config", services}
	return c, nil
}

func (c cosign) run(ctx context.Context, command string, args ...string) error {
	all := append([]string{command, "--yes"}, c.identity...)
	_, err := output(ctx, c.work, nil, c.program, append(all, args...)...)
	return err
}

func (c cosign) attest(ctx context.Context, kind, predicate string, of name.Digest) error {
	return c.run(ctx, "attest", "--type", kind, "--predicate", predicate, of.String())
}
