package istio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// buildFlags are those of every binary. Old minors reach into the standard
// library by linkname, which newer linkers refuse unless told.
var buildFlags = []string{"-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -checklinkname=0"}

// istioctlPackage is a tool of every minor's go.mod.
const istioctlPackage = "istio.io/istio/istioctl/cmd/istioctl"

// Build makes the release's programs in the cache, unless they are there
// already, which built tells.
func Build(ctx context.Context, release Release) (tools Tools, built bool, err error) {
	tools, err = Open(release)
	if err == nil || !errors.Is(err, ErrNotBuilt) {
		return tools, false, err
	}
	dir, err := cacheDir(release)
	if err != nil {
		return Tools{}, false, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return Tools{}, false, err
	}
	// Two builds at once must not write into one folder: each makes its own
	// and moves it into place.
	fresh, err := os.MkdirTemp(filepath.Dir(dir), release.Minor+".")
	if err != nil {
		return Tools{}, false, err
	}
	defer os.RemoveAll(fresh)
	if err := buildInto(ctx, release, fresh); err != nil {
		return Tools{}, false, fmt.Errorf("istio %s: %w", release.Version, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return Tools{}, false, err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return Tools{}, false, err
	}
	return toolsIn(release, dir), true, nil
}

func buildInto(ctx context.Context, release Release, dir string) error {
	key, err := sourceKey(release)
	if err != nil {
		return err
	}
	root, err := sourceRoot()
	if err != nil {
		return err
	}
	module := filepath.Join(root, release.Minor)
	paths := toolsIn(release, dir).Paths
	if err := goBuild(ctx, module, paths.Istioctl, istioctlPackage); err != nil {
		return err
	}
	if err := goBuild(ctx, module, paths.Oracle, "."); err != nil {
		return err
	}
	if release.ChartsOutside {
		source, err := goCommand(ctx, module, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "istio.io/istio")
		if err != nil {
			return err
		}
		if err := os.CopyFS(paths.Charts, os.DirFS(filepath.Join(source, "manifests"))); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, keyFile), []byte(key), 0o644)
}

func goBuild(ctx context.Context, module, output, pkg string) error {
	args := slices.Concat([]string{"build"}, buildFlags, []string{"-o", output, pkg})
	_, err := goCommand(ctx, module, args...)
	return err
}

// goCommand runs the go command in a module of its own, whatever workspace or
// flags the caller has, and gives its standard output.
func goCommand(ctx context.Context, module string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(stdout.String()), nil
}
