package images

import (
	"archive/tar"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// layer is a part of an image. Its fields are inputs, too: all of them count for
// the image's hash.
type layer interface {
	// inputs writes what else the layer is made of to the hash.
	inputs(ctx context.Context, b *builder, hash io.Writer) error
	// write writes the layer's files. work is a folder for this image alone.
	write(ctx context.Context, b *builder, work string, archive *tar.Writer) error
}

// file is a file or a folder with a content of ours.
type file struct {
	path    string
	content string
	folder  bool
	user    int
}

// files is a layer of such files.
type files []file

func (files) inputs(context.Context, *builder, io.Writer) error { return nil }

func (f files) write(_ context.Context, _ *builder, _ string, archive *tar.Writer) error {
	for _, each := range f {
		header := &tar.Header{
			Typeflag: tar.TypeReg, Name: each.path, Mode: 0o644, Size: int64(len(each.content)),
			Uid: each.user, Gid: each.user, ModTime: created,
		}
		if each.folder {
			header.Typeflag, header.Name, header.Mode = tar.TypeDir, each.path+"/", 0o755
		}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := io.WriteString(archive, each.content); err != nil {
			return err
		}
	}
	return nil
}

// goProgram is a static binary of a package of a module.
type goProgram struct {
	// module is the module's folder, pkg a package's path, or its folder in the
	// module when it starts with a dot, and path where the binary is to be.
	module, pkg, path string
	// stamp sets a variable of the program: package.name=value.
	stamp string
}

func (p goProgram) inputs(ctx context.Context, b *builder, hash io.Writer) error {
	return b.program(ctx, p.module, p.pkg, hash)
}

func (p goProgram) write(ctx context.Context, b *builder, work string, archive *tar.Writer) error {
	output := filepath.Join(work, "program")
	if err := b.goBuild(ctx, p, output); err != nil {
		return err
	}
	return addFile(archive, output, p.path, 0o755)
}

// moduleFile is a file of a module that another module's go.mod pins.
type moduleFile struct {
	// module is the folder of the one, of the path of the other.
	module, of string
	// file is where it is in the module, path where in the image.
	file, path string
}

func (f moduleFile) inputs(_ context.Context, b *builder, hash io.Writer) error {
	return b.module(f.module, hash)
}

func (f moduleFile) write(ctx context.Context, b *builder, _ string, archive *tar.Writer) error {
	if _, err := b.goCommand(ctx, f.module, "mod", "download", f.of); err != nil {
		return err
	}
	folder, err := b.goCommand(ctx, f.module, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", f.of)
	if err != nil {
		return err
	}
	return addFile(archive, filepath.Join(strings.TrimSpace(string(folder)), filepath.FromSlash(f.file)), f.path, 0o644)
}

// addFile adds a file of the machine to the layer, as path.
func addFile(archive *tar.Writer, from, path string, mode int64) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	return addReader(archive, source, info.Size(), path, mode)
}

func addReader(archive *tar.Writer, source io.Reader, size int64, path string, mode int64) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: mode, Size: size, ModTime: created}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err := io.CopyN(archive, source, size)
	return err
}
