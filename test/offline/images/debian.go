package images

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// debianRelease is the one whose packages are taken.
const debianRelease = "bookworm"

// debian is a layer of Debian's smallest root and packages. The root is made
// once and kept, as several images have it. Which versions its packages have is
// up to the day it was made.
type debian struct{ packages []string }

func (debian) inputs(_ context.Context, _ *builder, hash io.Writer) error {
	_, err := fmt.Fprintln(hash, debianRelease)
	return err
}

func (d debian) write(ctx context.Context, b *builder, _ string, archive *tar.Writer) error {
	path, err := b.debianRoot(ctx, d)
	if err != nil {
		return err
	}
	return eachFile(path, func(header *tar.Header, content io.Reader) error {
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		_, err := io.CopyN(archive, content, header.Size)
		return err
	})
}

// rootCertificates is the layer of the roots of TLS, those of the proxies' root.
type rootCertificates struct{}

func (rootCertificates) inputs(ctx context.Context, b *builder, hash io.Writer) error {
	return debian{packages: proxyPackages}.inputs(ctx, b, hash)
}

func (rootCertificates) write(ctx context.Context, b *builder, _ string, archive *tar.Writer) error {
	path, err := b.debianRoot(ctx, debian{packages: proxyPackages})
	if err != nil {
		return err
	}
	found := false
	err = eachFile(path, func(header *tar.Header, content io.Reader) error {
		if header.Name != certificates {
			return nil
		}
		found = true
		return addReader(archive, content, header.Size, certificates, 0o644)
	})
	if err == nil && !found {
		err = fmt.Errorf("%s has no %s", path, certificates)
	}
	return err
}

func eachFile(path string, visit func(*tar.Header, io.Reader) error) error {
	root, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for reader := tar.NewReader(root); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = visit(header, reader)
		}
		if err != nil {
			return err
		}
	}
}

// debianRoot gives the path of the root's layer, which it makes unless it is
// there.
func (b *builder) debianRoot(ctx context.Context, d debian) (string, error) {
	hash := sha256.Sum256(fmt.Append(nil, format, debianRelease, d.packages))
	path := filepath.Join(b.cache, "images", "debian-"+hex.EncodeToString(hash[:8])+".layer")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if os.Geteuid() != 0 {
		return "", errors.New("debootstrap needs root: run as root, or have the images pulled with IMAGES=pull")
	}
	work, err := os.MkdirTemp(b.cache, "debian.")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(work) }()
	root := filepath.Join(work, "root")
	if _, err := run(ctx, "debootstrap", "--variant=minbase", "--include="+strings.Join(d.packages, ","),
		debianRelease, root); err != nil {
		return "", err
	}
	partial := filepath.Join(work, "layer")
	if err := writeRoot(root, partial); err != nil {
		return "", err
	}
	return path, os.Rename(partial, path)
}

// leftOut are folders of which an image needs nothing, or which tell of the
// machine the root was made on.
var leftOut = []string{
	"dev", "proc", "run", "sys", "tmp", "usr/share/doc", "usr/share/info", "usr/share/locale", "usr/share/man",
	"var/cache", "var/lib/apt/lists", "var/log", "var/tmp",
}

// leftOutFiles are files that tell of the machine the root was made on.
var leftOutFiles = []string{"etc/hostname", "etc/machine-id", "etc/resolv.conf"}

// writeRoot writes a folder as a layer: sorted, with no other time than ours.
func writeRoot(root, path string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = out.Close() }()
	archive := tar.NewWriter(out)
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(root, path)
		if err != nil || below == "." || slices.Contains(leftOutFiles, below) {
			return err
		}
		if err := addEntry(archive, path, below, entry); err != nil {
			return err
		}
		if slices.Contains(leftOut, below) {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	return out.Close()
}

func addEntry(archive *tar.Writer, path, below string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = os.Readlink(path); err != nil {
			return err
		}
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return fmt.Errorf("%s: its owner is not known", path)
	}
	header.Name, header.Uid, header.Gid, header.Uname, header.Gname = below, int(owner.Uid), int(owner.Gid), "", ""
	if info.IsDir() {
		header.Name += "/"
	}
	header.ModTime, header.AccessTime, header.ChangeTime = created, time.Time{}, time.Time{}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	source, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	_, err = io.Copy(archive, source)
	return err
}
