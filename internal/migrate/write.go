package migrate

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ExistsError names the files that are there already.
type ExistsError struct{ Files []string }

// Error names them.
func (e *ExistsError) Error() string {
	return fmt.Sprintf("nothing was written, for these files are there already: %v; --force overwrites them", e.Files)
}

// output is one file to write.
type output struct {
	name string
	data []byte
	mode os.FileMode
}

// unused gives a name that no other file has: of two, the user's later one is
// values.2.yaml.
func unused(names []string, name string) string {
	extension := filepath.Ext(name)
	free := name
	for i := 2; slices.Contains(names, free); i++ {
		free = fmt.Sprintf("%s.%d%s", strings.TrimSuffix(name, extension), i, extension)
	}
	return free
}

// documentNames gives the names under which the documents are written; that of
// one of which nothing is left is empty, as is that of one of the cluster's that
// stays as it is.
func (r *Result) documentNames() []string {
	taken := []string{"values.yaml", "secret.yaml", "token-values.yaml", "report.md"}
	names := make([]string, len(r.Documents))
	for i, d := range r.Documents {
		if d.Changed() && strings.TrimSpace(string(d.After)) == "" || d.live && !d.Changed() {
			continue
		}
		name := filepath.Base(d.Name)
		if d.Name == "" || d.Name[0] == '-' || name == "stdin" {
			name = "document.yaml"
			if len(d.Name) > 1 && d.Name[0] == '-' {
				name = "command.txt"
			}
		}
		names[i] = unused(taken, name)
		taken = append(taken, names[i])
	}
	return names
}

// outputs are the files that Write writes.
func (r *Result) outputs() []output {
	files := []output{{"values.yaml", r.Values, 0o644}}
	if r.Secret != nil {
		files = append(files, output{"secret.yaml", r.Secret, 0o600})
	}
	if r.TokenValues != nil {
		files = append(files, output{"token-values.yaml", r.TokenValues, 0o600})
	}
	files = append(files, output{"report.md", []byte(r.Report()), 0o644})
	names := r.documentNames()
	for i, d := range r.Documents {
		if names[i] == "" {
			continue
		}
		// What was not understood may hold the token still.
		mode := os.FileMode(0o644)
		if len(r.secrets) > 0 || !d.Changed() {
			mode = 0o600
		}
		files = append(files, output{names[i], d.After, mode})
	}
	return files
}

// Write writes values.yaml, what holds the token (mode 0600), the documents
// under their own names and report.md to a folder, which is made where it is
// not there. Where a file is there already it writes nothing and gives an
// *ExistsError, unless force is set. It gives the names written.
func (r *Result) Write(dir string, force bool) ([]string, error) {
	files := r.outputs()
	var there []string
	for _, f := range files {
		if info, err := os.Lstat(filepath.Join(dir, f.name)); err == nil {
			if !info.Mode().IsRegular() {
				return nil, fmt.Errorf("%s is no plain file", filepath.Join(dir, f.name))
			}
			there = append(there, f.name)
		}
	}
	if len(there) > 0 && !force {
		return nil, &ExistsError{Files: there}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder: %w", err)
	}
	return writeAll(dir, files)
}

// writeAll writes every file beside its place first, and moves them there when
// all are written.
func writeAll(dir string, files []output) (written []string, err error) {
	var temporary []string
	defer func() {
		if err != nil {
			for _, name := range temporary {
				_ = os.Remove(name) // the first error is the one to tell
			}
		}
	}()
	for _, f := range files {
		name, err := writeTemporary(dir, f)
		if name != "" {
			temporary = append(temporary, name)
		}
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	for i, f := range files {
		if err := os.Rename(temporary[i], filepath.Join(dir, f.name)); err != nil {
			return nil, fmt.Errorf("write %s: %w", f.name, err)
		}
		written = append(written, f.name)
	}
	return written, nil
}

func writeTemporary(dir string, f output) (string, error) {
	file, err := os.CreateTemp(dir, "."+f.name+"-*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(f.data)
	return file.Name(), errors.Join(err, file.Chmod(f.mode), file.Close())
}
