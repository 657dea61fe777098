package release

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// publish pushes image and chart, and signs them, their provenance, the SBOMs and
// the checksums.
func (r *release) publish(ctx context.Context) error {
	image, err := name.NewTag(r.Registry + "/" + project + ":" + r.Version)
	if err != nil {
		return err
	}
	keychain := remote.WithAuthFromKeychain(authn.DefaultKeychain)
	if err := remote.WriteIndex(image, r.image.index, keychain, remote.WithContext(ctx)); err != nil {
		return err
	}
	r.say("pushed %s@%s", image, r.image.digest)
	chart, err := name.NewTag(r.Registry + "/charts/" + project + ":" + r.Version)
	if err != nil {
		return err
	}
	if err := r.pushChart(ctx, chart); err != nil {
		return err
	}
	pushed, err := remote.Head(chart, keychain, remote.WithContext(ctx))
	if err != nil {
		return err
	}
	r.say("pushed %s@%s", chart, pushed.Digest)
	c, err := r.newCosign(ctx)
	if err != nil {
		return err
	}
	return r.sign(ctx, c, image.Repository, chart.Digest(pushed.Digest.String()))
}

func (r *release) pushChart(ctx context.Context, chart name.Tag) error {
	args := []string{"push", r.chart, "oci://" + r.Registry + "/charts"}
	if chart.Scheme() == "http" { // of this machine
		args = append(args, "--plain-http")
	}
	_, err := output(ctx, r.work, nil, r.Helm, args...)
	return err
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
