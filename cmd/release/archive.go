package release

import (
	"archive/tar"
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// member is a file of an archive.
type member struct {
	// name is its path in the archive, and from where it is on the machine.
	name, from string
	executable bool
}

func (m member) mode() fs.FileMode {
	if m.executable {
		return 0o755
	}
	return 0o644
}

// archived is an archive that was written.
type archived struct{ path, sha256 string }

// name is the archive's, without folders.
func (a archived) name() string { return filepath.Base(a.path) }

// writeArchives writes an archive of the command for each platform.
func (r *release) writeArchives(context.Context) error {
	common, err := membersOf(r.extras())
	if err != nil {
		return err
	}
	for _, p := range platforms {
		members := append([]member{{name: p.file(), from: r.binary(p), executable: true}}, common...)
		end := ".tar.gz"
		if p.os == "windows" {
			end = ".zip"
		}
		written, err := writeArchive(r.asset(project, "_", r.Version, "_", p.os, "_", p.arch, end), members, r.source.time)
		if err != nil {
			return err
		}
		r.digests[p] = written
	}
	return nil
}

// membersOf are the files of a folder, in the order of their names.
func membersOf(folder string) ([]member, error) {
	var members []member
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, file)
		members = append(members, member{name: filepath.ToSlash(name), from: file})
		return err
	})
	return members, err
}

// writeArchive writes a .tar.gz, .tgz or .zip, by the end of its name: the members
// in the order of their names, owned by root, of one time.
func writeArchive(to string, members []member, at time.Time) (archived, error) {
	members = slices.Clone(members)
	slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	file, err := os.Create(to)
	if err != nil {
		return archived{}, err
	}
	defer func() { _ = file.Close() }()
	hash := sha256.New()
	write := writeTar
	if path.Ext(to) == ".zip" {
		write = writeZip
	}
	if err := write(io.MultiWriter(file, hash), members, at); err != nil {
		return archived{}, err
	}
	return archived{path: to, sha256: hex.EncodeToString(hash.Sum(nil))}, file.Close()
}

func writeTar(to io.Writer, members []member, at time.Time) error {
	compressed := gzip.NewWriter(to)
	archive := tar.NewWriter(compressed)
	for _, m := range members {
		info, err := os.Stat(m.from)
		if err != nil {
			return err
		}
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: m.name, Size: info.Size(), Mode: int64(m.mode()), ModTime: at, Format: tar.FormatUSTAR,
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if err := copyTo(archive, m.from); err != nil {
			return err
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return compressed.Close()
}

func writeZip(to io.Writer, members []member, at time.Time) error {
	archive := zip.NewWriter(to)
	for _, m := range members {
		header := &zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: at}
		header.SetMode(m.mode())
		entry, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if err := copyTo(entry, m.from); err != nil {
			return err
		}
	}
	return archive.Close()
}

func copyTo(to io.Writer, from string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = io.Copy(to, file)
	return err
}

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
