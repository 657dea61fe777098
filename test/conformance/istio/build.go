package istio

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/internal/binaries"
)

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
	// Bootstrap is the path of the program that writes a proxy's bootstrap, empty
	// where there is none, and Template that of Istio's template for it.
	Bootstrap, Template string
}

// Open finds the release's programs. It fails with [binaries.ErrNotBuilt] unless
// they were built from the sources as they are now.
func Open(release Release) (Tools, error) {
	folder, err := setOf(release).Open()
	if err != nil {
		return Tools{}, fmt.Errorf("istio %s: %w", release.Version, err)
	}
	return toolsIn(release, folder), nil
}

// Build makes the release's programs in the cache, unless they are there
// already, which built tells.
func Build(ctx context.Context, release Release) (tools Tools, built bool, err error) {
	built, err = setOf(release).Build(func(folder string) error { return buildInto(ctx, release, folder) })
	if err != nil {
		return Tools{}, false, fmt.Errorf("istio %s: %w", release.Version, err)
	}
	tools, err = Open(release)
	return tools, built, err
}

// istioctlPackage is a tool of every minor's go.mod.
const istioctlPackage = "istio.io/istio/istioctl/cmd/istioctl"

func buildInto(ctx context.Context, release Release, folder string) error {
	module := moduleOf(release)
	paths := toolsIn(release, folder).Paths
	if err := binaries.GoBuild(ctx, module, paths.Istioctl, istioctlPackage); err != nil {
		return err
	}
	if err := binaries.GoBuild(ctx, module, paths.Oracle, "."); err != nil {
		return err
	}
	if !release.ChartsOutside && !release.Bootstrap {
		return nil
	}
	source, err := release.Source(ctx)
	if err != nil {
		return err
	}
	if release.Bootstrap {
		if err := binaries.GoBuild(ctx, module, paths.Bootstrap, "./bootstrap"); err != nil {
			return err
		}
		template, err := os.ReadFile(filepath.Join(source, "tools", "packaging", "common", "envoy_bootstrap.json"))
		if err != nil {
			return err
		}
		if err := os.WriteFile(paths.Template, template, 0o600); err != nil {
			return err
		}
	}
	if !release.ChartsOutside {
		return nil
	}
	return os.CopyFS(paths.Charts, os.DirFS(filepath.Join(source, "manifests")))
}

// Source gives the folder of the release's own source, with its Helm charts,
// which Go downloads when it is not there.
func (r Release) Source(ctx context.Context) (string, error) {
	if _, err := binaries.Go(ctx, moduleOf(r), "mod", "download", "istio.io/istio"); err != nil {
		return "", err
	}
	return binaries.Go(ctx, moduleOf(r), "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", "istio.io/istio")
}

func setOf(release Release) binaries.Set {
	sources := []string{moduleOf(release), "istio/oracle"}
	if release.Bootstrap {
		sources = append(sources, moduleOf(release)+"/bootstrap")
	}
	return binaries.Set{
		Name:    "istio/" + release.Minor,
		Sources: sources,
		Variant: strconv.FormatBool(release.ChartsOutside),
	}
}

func moduleOf(release Release) string { return "istio/" + release.Minor }

func toolsIn(release Release, folder string) Tools {
	paths := Paths{
		Istioctl: filepath.Join(folder, "istioctl"),
		Oracle:   filepath.Join(folder, "oracle"),
	}
	if release.ChartsOutside {
		paths.Charts = filepath.Join(folder, "manifests")
	}
	if release.Bootstrap {
		paths.Bootstrap, paths.Template = filepath.Join(folder, "bootstrap"), filepath.Join(folder, "envoy_bootstrap.json")
	}
	return Tools{Release: release, Paths: paths}
}
