package release

import (
	"context"
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
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// publish pushes image and chart by their digests, and signs them, their
// provenance, the SBOMs and the checksums. Only then they get the tags by which
// people find them: nothing that is not signed ever has one.
func (r *release) publish(ctx context.Context) error {
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
// into a registry of this process, and what is there is copied.
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
