package release

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	// project is the name of the command, the chart and the image.
	project = "istio-lightstep"
	// repository is the project's page, and its module's path with a scheme.
	repository = "https://github.com/istio-lightstep/istio-lightstep"
	// officialImage is the image that the chart names.
	officialImage = "ghcr.io/istio-lightstep/istio-lightstep"
)

// Options say what to release, and where to.
type Options struct {
	// Root is the repository. Its current commit is released.
	Root string
	// Version is that of the chart and the module, such as 0.1.0.
	Version string
	// Registry is where images and charts go, such as ghcr.io/istio-lightstep.
	// The chart names officialImage whatever this is.
	Registry string
	// Dist is the folder that is made for all files. It must not exist.
	Dist string
	// Dry builds everything, and neither signs nor pushes.
	Dry bool
	// Key is the file of cosign's private key. Without it cosign signs keyless,
	// with the identity of the workflow that runs it.
	Key string
	// PGPKey is the file of the OpenPGP key that signs the chart and the plugin of
	// Helm 4, with its passphrase in the variable PGP_PASSPHRASE. Without it neither
	// has such a signature. A dry run needs the public key alone.
	PGPKey string
	// Helm and Cosign are the programs. Helm must be Helm 4: Helm 3 writes the
	// time of packaging into a chart.
	Helm, Cosign string
	// Out is told what happens.
	Out io.Writer
}

// release is one that is being made.
type release struct {
	Options

	source    source
	changelog section
	// assets is the folder of files that people download.
	assets string
	work   string
	image  image
	// chart is the packaged chart.
	chart string
	// digests are those of archives of the command, by platform.
	digests map[platform]archived
	// pgp is the key of PGPKey, and provables are what it signs.
	pgp       *pgpKey
	provables []provable
}

// Run makes the release of options.
func Run(ctx context.Context, options Options) error {
	work, err := os.MkdirTemp("", "release.")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	r := &release{Options: options, work: work, assets: filepath.Join(options.Dist, "assets"), digests: map[platform]archived{}}
	if err := r.prepare(ctx); err != nil {
		return err
	}
	steps := []struct {
		what string
		run  func(context.Context) error
	}{
		{"binaries", r.buildBinaries},
		{"completions and man pages", r.writeExtras},
		{"licences", r.writeLicenses},
		{"archives", r.writeArchives},
		{"SBOMs", r.writeSBOMs},
		{"image", r.buildImage},
		{"chart", r.packageChart},
		{"plugins of Helm", r.writeHelmPlugins},
		{"plugin of kubectl", r.writeKrewManifest},
		{"notes", r.writeNotes},
		{"checksums and provenance", r.writeChecksums},
		{"publish", r.publish},
	}
	for _, step := range steps {
		if step.what == "publish" && r.Dry {
			r.say("nothing is signed or pushed: this is a dry run")
			break
		}
		r.say("%s", step.what)
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	r.say("%s is in %s", r.tag(), r.Dist)
	return nil
}

// prepare checks everything that can be checked before something is built.
func (r *release) prepare(ctx context.Context) error {
	var problems []error
	if _, err := os.Stat(r.Dist); err == nil {
		problems = append(problems, fmt.Errorf("%s exists: remove it, or name another folder by DIST", r.Dist))
	}
	if !r.Dry && r.Registry == "" {
		problems = append(problems, errors.New("REGISTRY is not set: set it to the registry to push to, such as ghcr.io/istio-lightstep, or set DRY=1"))
	}
	if _, set := os.LookupEnv("COSIGN_PASSWORD"); !r.Dry && r.Key != "" && !set {
		problems = append(problems, errors.New("COSIGN_PASSWORD is not set: set it to the password of the key, which can be empty"))
	}
	if r.PGPKey != "" {
		key, err := readPGPKey(r.PGPKey, !r.Dry)
		if err != nil {
			problems = append(problems, err)
		}
		r.pgp = &key
	}
	var err error
	r.source, err = checkout(ctx, r.Root, filepath.Join(r.work, "source"), r.tag(), r.Dry)
	if err != nil {
		return errors.Join(append(problems, err)...)
	}
	problems = append(problems, r.source.check(r.Version)...)
	if r.changelog, err = r.source.changelog(r.Version); err != nil {
		problems = append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	r.say("release %s of commit %s", r.Version, r.source.commit)
	return os.MkdirAll(r.assets, 0o750)
}

func (r *release) tag() string { return "v" + r.Version }

func (r *release) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.Out, "release: "+format+"\n", args...)
}

// asset is the path of a file that people download. Its name has the version.
func (r *release) asset(nameAndEnd ...string) string {
	return filepath.Join(r.assets, strings.Join(nameAndEnd, ""))
}

// output runs a program in a folder, with variables beside those of this process,
// and gives its standard output without the newline at its end. An error ends
// with what the program wrote.
func output(ctx context.Context, folder string, variables []string, program string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, program, args...) //nolint:gosec // programs and arguments are this package's own
	command.Dir = folder
	command.Env = append(os.Environ(), variables...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(command.Args, " "), err, stdout.String(), stderr.String())
	}
	return strings.TrimRight(stdout.String(), "\n"), nil
}
