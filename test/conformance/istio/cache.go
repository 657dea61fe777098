package istio

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// CacheVariable names the environment variable that moves the cache. Unset, the
// cache is istio-lightstep in the user's cache folder.
const CacheVariable = "ISTIO_LIGHTSTEP_CACHE"

// ErrNotBuilt is what [Open] reports for a release that has no binaries, or
// binaries of other sources than those in the tree.
var ErrNotBuilt = errors.New("not built from these sources, run `make conformance`")

// Tools are the programs of one release in the cache.
type Tools struct {
	Release
	// Paths tells where they are.
	Paths Paths
}

// Paths are those of one release's programs.
type Paths struct {
	// Istioctl is the path of the release's istioctl.
	Istioctl string
	// Oracle is the path of the release's oracle.
	Oracle string
	// Charts is the path of the folder for istioctl's --manifests, empty where
	// istioctl carries its charts.
	Charts string
}

// Open finds the release's programs. It fails with [ErrNotBuilt] unless they
// were built from the sources as they are now.
func Open(release Release) (Tools, error) {
	key, err := sourceKey(release)
	if err != nil {
		return Tools{}, err
	}
	dir, err := cacheDir(release)
	if err != nil {
		return Tools{}, err
	}
	built, err := os.ReadFile(filepath.Join(dir, keyFile))
	if errors.Is(err, fs.ErrNotExist) || err == nil && string(built) != key {
		return Tools{}, fmt.Errorf("istio %s: %w", release.Version, ErrNotBuilt)
	}
	if err != nil {
		return Tools{}, fmt.Errorf("istio %s: %w", release.Version, err)
	}
	return toolsIn(release, dir), nil
}

func toolsIn(release Release, dir string) Tools {
	paths := Paths{
		Istioctl: filepath.Join(dir, "istioctl"),
		Oracle:   filepath.Join(dir, "oracle"),
	}
	if release.ChartsOutside {
		paths.Charts = filepath.Join(dir, "manifests")
	}
	return Tools{Release: release, Paths: paths}
}

// keyFile is written last, so a folder that has it is complete.
const keyFile = "key"

// cacheDir is the folder of one release's binaries.
func cacheDir(release Release) (string, error) {
	root := os.Getenv(CacheVariable)
	if root == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("finding a cache folder, set %s: %w", CacheVariable, err)
		}
		root = filepath.Join(user, "istio-lightstep")
	}
	return filepath.Join(root, "istio", release.Minor), nil
}

// sourceKey hashes everything of ours that the binaries are built from, and how.
func sourceKey(release Release) (string, error) {
	root, err := sourceRoot()
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.Version(), runtime.GOOS, runtime.GOARCH, buildFlags, release.ChartsOutside)
	for _, dir := range []string{release.Minor, "oracle"} {
		files, err := filepath.Glob(filepath.Join(root, dir, "*"))
		if err != nil {
			return "", err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return "", fmt.Errorf("istio %s: %w", release.Version, err)
			}
			fmt.Fprintf(hash, "%s %d\n%s", filepath.Base(file), len(content), content)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// sourceRoot finds the folder of the minors' modules from the working folder
// upwards, so that tests and the build command find it wherever they start.
func sourceRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		for _, below := range []string{"istio", filepath.Join("test", "conformance", "istio")} {
			root := filepath.Join(dir, below)
			if _, err := os.Stat(filepath.Join(root, "oracle", "go.mod")); err == nil {
				return root, nil
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("test/conformance/istio not found, run this inside of the repository")
		}
		dir = parent
	}
}
