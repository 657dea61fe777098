package release

import (
	"context"
	"path/filepath"
	"runtime"
)

// platform is an operating system and an architecture, as Go names them.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "/" + p.arch }

// file is the name of the command there.
func (p platform) file() string {
	if p.os == "windows" {
		return project + ".exe"
	}
	return project
}

// platforms are those of the binaries.
var platforms = []platform{
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"windows", "amd64"},
	{"windows", "arm64"},
}

// buildFlags leave nothing of the machine in a binary. The version and the commit
// are written by Go, from the tag of the clone.
var buildFlags = []string{"build", "-mod=readonly", "-trimpath", "-buildvcs=true", "-ldflags=-s -w"}

// goEnvironment fixes what a machine may set otherwise.
func goEnvironment(p platform) []string {
	return []string{
		"CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=",
		"GOOS=" + p.os, "GOARCH=" + p.arch, "GOAMD64=v1", "GOARM64=v8.0",
	}
}

// binary is where the command of a platform is built.
func (r *release) binary(p platform) string {
	return filepath.Join(r.work, "bin", p.os+"_"+p.arch, p.file())
}

func (r *release) buildBinaries(ctx context.Context) error {
	for _, p := range platforms {
		args := append([]string{}, buildFlags...)
		args = append(args, "-o", r.binary(p), "./cmd/istio-lightstep")
		if _, err := output(ctx, r.source.folder, goEnvironment(p), "go", args...); err != nil {
			return err
		}
	}
	return nil
}

// here is the platform of this machine.
func here() platform { return platform{runtime.GOOS, runtime.GOARCH} }
