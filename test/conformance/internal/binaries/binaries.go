// Package binaries builds real programs, each from a Go module of its own, into
// a cache outside of the tree, and finds them there again.
package binaries

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// CacheVariable names the environment variable that moves the cache. Unset, the
// cache is istio-lightstep in the user's cache folder.
const CacheVariable = "ISTIO_LIGHTSTEP_CACHE"

// ErrNotBuilt tells that there are no binaries, or binaries of other sources
// than those in the tree.
var ErrNotBuilt = errors.New("not built from these sources, run `make conformance`")

// buildFlags are those of every binary. Old Istio minors reach into the standard
// library by linkname, which newer linkers refuse unless told.
var buildFlags = []string{"-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -checklinkname=0"}

// Set is the binaries that are built from the same sources, and kept together.
type Set struct {
	// Name is a path of the cache that the set has to itself.
	Name string
	// Sources are the folders of the sources, below [Root]. Their files count,
	// those of folders below them do not.
	Sources []string
	// Variant is what else the binaries depend on.
	Variant string
}

// Folder is where the set's binaries are, or will be.
func (s Set) Folder() (string, error) {
	root := os.Getenv(CacheVariable)
	if root == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding a cache folder, set %s: %w", CacheVariable, err)
		}
		root = filepath.Join(user, "istio-lightstep")
	}
	return filepath.Join(root, filepath.FromSlash(s.Name)), nil
}

// keyFile is written last, so a folder that has it is complete.
const keyFile = "key"

// Open gives the folder of the set's binaries. It fails with [ErrNotBuilt]
// unless they were built from the sources as they are now.
func (s Set) Open() (string, error) {
	key, err := s.key()
	if err != nil {
		return "", err
	}
	folder, err := s.Folder()
	if err != nil {
		return "", err
	}
	built, err := os.ReadFile(filepath.Join(folder, keyFile))
	if errors.Is(err, fs.ErrNotExist) || err == nil && string(built) != key {
		return "", ErrNotBuilt
	}
	return folder, err
}

// Build has the set's binaries written into a folder, unless they are in the
// cache already, which built tells.
func (s Set) Build(into func(folder string) error) (built bool, err error) {
	if _, err := s.Open(); err == nil || !errors.Is(err, ErrNotBuilt) {
		return false, err
	}
	key, err := s.key()
	if err != nil {
		return false, err
	}
	folder, err := s.Folder()
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o750); err != nil {
		return false, err
	}
	// Two builds at once must not write into one folder: each makes its own
	// and moves it into place.
	fresh, err := os.MkdirTemp(filepath.Dir(folder), filepath.Base(folder)+".")
	if err != nil {
		return false, err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := into(fresh); err != nil {
		return false, err
	}
	if err := os.WriteFile(filepath.Join(fresh, keyFile), []byte(key), 0o644); err != nil {
		return false, err
	}
	if err := os.RemoveAll(folder); err != nil {
		return false, err
	}
	return true, os.Rename(fresh, folder)
}

// key hashes everything of ours that the binaries are built from, and how.
func (s Set) key() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	_, _ = fmt.Fprintln(hash, runtime.Version(), runtime.GOOS, runtime.GOARCH, buildFlags, s.Variant)
	for _, source := range s.Sources {
		files, err := filepath.Glob(filepath.Join(root, source, "*"))
		if err != nil {
			return "", err
		}
		for _, file := range files {
			info, err := os.Stat(file)
			if err != nil {
				return "", err
			}
			if info.IsDir() || strings.HasSuffix(file, "_test.go") {
				continue
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			_, _ = fmt.Fprintf(hash, "%s %d\n%s", filepath.Base(file), len(content), content)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// Root finds this module's folder from the working folder upwards, so that
// tests and the build command find it wherever they start.
func Root() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		for _, below := range []string{"", filepath.Join("test", "conformance")} {
			root := filepath.Join(folder, below)
			if _, err := os.Stat(filepath.Join(root, "istio", "oracle", "go.mod")); err == nil {
				return root, nil
			}
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", errors.New("test/conformance not found, run this inside of the repository")
		}
		folder = parent
	}
}

// GoBuild builds a package of a module, which is a folder below [Root].
func GoBuild(ctx context.Context, module, output, pkg string) error {
	_, err := Go(ctx, module, slices.Concat([]string{"build"}, buildFlags, []string{"-o", output, pkg})...)
	return err
}

// Go runs the go command in a module, which is a folder below [Root], whatever
// workspace or flags the caller has, and gives its standard output.
func Go(ctx context.Context, module string, args ...string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // the arguments are ours
	cmd.Dir = filepath.Join(root, filepath.FromSlash(module))
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}
