package images

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// format goes up when what is written of the same inputs changes.
const format = 1

// key hashes all that the image is made of.
func (b *builder) key(ctx context.Context, image Image) (string, error) {
	layers, config := recipes[image.Build].contents(image)
	hash := sha256.New()
	settings, err := json.Marshal([]any{format, image.Name, config})
	if err != nil {
		return "", err
	}
	_, _ = fmt.Fprintf(hash, "%s\n", settings)
	for _, layer := range layers {
		_, _ = fmt.Fprintf(hash, "%T %+v\n", layer, layer)
		if err := layer.inputs(ctx, b, hash); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(hash.Sum(nil))[:16], nil
}

// module writes what pins the module's dependencies.
func (b *builder) module(folder string, hash io.Writer) error {
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(b.root, filepath.FromSlash(folder), name))
		if errors.Is(err, fs.ErrNotExist) && name == "go.sum" {
			continue // A module without dependencies has none.
		}
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(hash, "%s %d\n%s", name, len(content), content)
	}
	return nil
}

// program writes what a program is built from: Go itself, what pins the module's
// dependencies, and the files of this repository that are compiled into it.
func (b *builder) program(ctx context.Context, folder, pkg string, hash io.Writer) error {
	_, _ = fmt.Fprintln(hash, runtime.Version(), buildFlags)
	if err := b.module(folder, hash); err != nil {
		return err
	}
	if !strings.HasPrefix(pkg, ".") {
		return nil // go.mod pins it.
	}
	name := folder + " " + pkg
	if b.sources[name] == "" {
		own, err := b.ownSources(ctx, folder, pkg)
		if err != nil {
			return err
		}
		b.sources[name] = own
	}
	_, _ = fmt.Fprintln(hash, b.sources[name])
	return nil
}

// ownSources hashes the files of this repository that go into a package, as Go
// itself lists them: without tests, with what is embedded.
func (b *builder) ownSources(ctx context.Context, folder, pkg string) (string, error) {
	listed, err := b.goCommand(ctx, folder, "list", "-mod=readonly", "-deps", "-json=Dir,GoFiles,EmbedFiles", pkg)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	for decoder := json.NewDecoder(bytes.NewReader(listed)); decoder.More(); {
		var source struct {
			Dir                 string
			GoFiles, EmbedFiles []string
		}
		if err := decoder.Decode(&source); err != nil {
			return "", fmt.Errorf("go list: %w", err)
		}
		below, err := filepath.Rel(b.root, source.Dir)
		if err != nil || !filepath.IsLocal(below) {
			continue // Go's own, or of a module that go.mod pins.
		}
		for _, name := range append(source.GoFiles, source.EmbedFiles...) {
			content, err := os.ReadFile(filepath.Join(source.Dir, name))
			if err != nil {
				return "", err
			}
			_, _ = fmt.Fprintf(hash, "%s %d\n%s", filepath.ToSlash(filepath.Join(below, name)), len(content), content)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
