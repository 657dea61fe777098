package migrate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/fileset"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// ExistsError names the files that are there already.
type ExistsError struct{ Files []string }

// Error names them.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("nothing was written, for these files are there already: %v; --force overwrites them", e.Files)
}

// InputError names a file that would be written over one that is migrated: the
// steps install that as it was.
type InputError struct{ Dir, File, Input string }

// Error names both, and what to do.
func (e *InputError) Error() string {
	return fmt.Sprintf("nothing was written: %s in the folder %s is %s, which is being migrated, and the steps still need it as it is; "+
		"name another folder, such as --write %s", terminal.Safe(e.File), terminal.Safe(e.Dir), terminal.Safe(e.Input), DefaultDir)
}

// The modes of what is written, before the umask.
const (
	secretMode os.FileMode = 0o600
	publicMode os.FileMode = 0o644
)

// documentNames gives the names under which the documents are written; that of
// one of which nothing is left is empty, as is that of one of the cluster's that
// stays as it is. Of two of one name, the later is values.2.yaml.
func (r *Result) documentNames() []string {
	next := map[string]int{}
	taken := map[string]bool{"values.yaml": true, "values-drain.yaml": true, "values-after.yaml": true, "secret.yaml": true, "token-values.yaml": true, "report.md": true}
	names := make([]string, len(r.Documents))
	for i, d := range r.Documents {
		if d.Changed() && isEmpty(d.After) || d.live && !d.Changed() {
			continue
		}
		name := filepath.Base(d.Name)
		if d.Name == "" || d.Name[0] == '-' || name == "stdin" {
			name = "document.yaml"
			if len(d.Name) > 1 && d.Name[0] == '-' {
				name = "command.txt"
			}
		}
		free, extension := name, filepath.Ext(name)
		for number := max(2, next[name]); taken[free]; number++ {
			free = fmt.Sprintf("%s.%d%s", strings.TrimSuffix(name, extension), number, extension)
			next[name] = number + 1
		}
		names[i], taken[free] = free, true
	}
	return names
}

// isEmpty tells a document of which nothing is left.
func isEmpty(after []byte) bool { return strings.TrimSpace(string(after)) == "" }

// valuesFiles names the values of the chart that are written.
func (r *Result) valuesFiles() []string {
	names := []string{"values.yaml"}
	if r.Drained != nil {
		names = append(names, "values-drain.yaml")
	}
	if r.After != nil {
		names = append(names, "values-after.yaml")
	}
	return names
}

// freeName gives a name in the folder where the steps run that no source and no
// file of Write has.
func (r *Result) freeName(dir, name string) string {
	taken := map[string]bool{}
	for i, written := range r.documentNames() {
		taken[filepath.Base(r.Documents[i].Name)] = true
		taken[filepath.Join(dir, written)] = true
	}
	free, extension := name, filepath.Ext(name)
	for number := 2; taken[free]; number++ {
		free = fmt.Sprintf("%s.%d%s", strings.TrimSuffix(name, extension), number, extension)
	}
	return free
}

// outputs are the files that Write writes. All are the owner's alone, but for
// values in which everything is known to be public.
func (r *Result) outputs() []fileset.File {
	var files []fileset.File
	for _, f := range []fileset.File{
		{Name: "values.yaml", Data: r.Values, Mode: publicMode},
		{Name: "values-drain.yaml", Data: r.Drained, Mode: publicMode},
		{Name: "values-after.yaml", Data: r.After, Mode: publicMode},
		{Name: "secret.yaml", Data: r.Secret, Mode: secretMode},
		{Name: "token-values.yaml", Data: r.TokenValues, Mode: secretMode},
		{Name: "report.md", Data: []byte(r.Report()), Mode: secretMode},
	} {
		if f.Mode == publicMode && r.public.showDocument(string(f.Data)) != string(f.Data) {
			f.Mode = secretMode
		}
		if f.Data != nil {
			files = append(files, f)
		}
	}
	names := r.documentNames()
	for i, d := range r.Documents {
		if names[i] != "" {
			files = append(files, fileset.File{Name: names[i], Data: d.After, Mode: secretMode})
		}
	}
	return files
}

// refuseInputs refuses to write over a source. A source that is no file is none.
func (r *Result) refuseInputs(dir string, files []fileset.File) error {
	for _, d := range r.Documents {
		if d.live || d.Name == "" {
			continue
		}
		input, err := os.Stat(d.Name)
		if err != nil {
			continue
		}
		for _, f := range files {
			if there, err := os.Stat(filepath.Join(dir, f.Name)); err == nil && os.SameFile(input, there) {
				return &InputError{Dir: dir, File: f.Name, Input: d.Name}
			}
		}
	}
	return nil
}

// Write writes values.yaml, what holds the token, the documents under their own
// names and report.md to a folder, which is made where it is not there. Where a
// file is there already it writes nothing and gives an *ExistsError, unless
// force is set. Where one of them is a file that is migrated it gives an
// *InputError, force or not. It gives the names written.
//
// Files are of mode 0600, but 0644 where nothing in them can be a secret, and
// never of more rights than the umask or a file of that name leaves. They are
// all written or none is: an error, and the end of the context until the last
// is on the disk, leave no file behind.
func (r *Result) Write(ctx context.Context, dir string, force bool) ([]string, error) {
	files := r.outputs()
	if err := r.refuseInputs(dir, files); err != nil {
		return nil, err
	}
	var there []string
	for i, f := range files {
		info, err := os.Lstat(filepath.Join(dir, f.Name))
		if err != nil {
			continue
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is no plain file", filepath.Join(dir, f.Name))
		}
		there = append(there, f.Name)
		files[i].Mode &= info.Mode().Perm()
	}
	if len(there) > 0 && !force {
		return nil, &ExistsError{Files: there}
	}
	_, err := os.Lstat(dir)
	made := errors.Is(err, os.ErrNotExist)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	folder, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(fileset.Write(ctx, folder, files, there), folder.Close()); err != nil {
		if made {
			_ = os.Remove(dir) // it is left where it is not empty
		}
		return nil, err
	}
	var written []string
	for _, f := range files {
		written = append(written, f.Name)
	}
	return written, nil
}
