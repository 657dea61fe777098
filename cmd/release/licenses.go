package release

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// licensesFile is the name of the licences of all that is in the binaries.
const licensesFile = "THIRD_PARTY_LICENSES"

// licenseName is what files are named in which modules have their terms.
var licenseName = regexp.MustCompile(`(?i)^(licen[cs]e|notice|copying|copyright|patents)([-_.].*)?$`)

// licenses are the texts of one module, by their paths in it.
type licenses struct {
	module, version string
	texts           map[string]string
}

// hasOwn tells whether the module's own terms are there, and not only those of what
// it has taken over.
func (l licenses) hasOwn() bool {
	for name := range l.texts {
		if !strings.Contains(name, "/") {
			return true
		}
	}
	return false
}

// writeLicenses writes the licences and notices of the modules in the binaries:
// their terms ask for it where a program is given to others. A module without any
// is an error.
func (r *release) writeLicenses(ctx context.Context) error {
	modules := map[string]licenses{}
	goes, err := output(ctx, r.source.folder, goEnvironment(here()), "go", "env", "GOROOT", "GOVERSION")
	if err != nil {
		return err
	}
	root, version, _ := strings.Cut(goes, "\n")
	add := func(p platform, folder, packages string) error {
		listed, err := output(ctx, filepath.Join(r.source.folder, folder), goEnvironment(p), "go", "list", "-mod=readonly", "-deps", "-json=Dir,Module,Standard", packages)
		if err != nil {
			return err
		}
		return addLicenses(modules, listed, licenses{module: "the Go standard library", version: version}, root)
	}
	for _, p := range platforms {
		if err := add(p, "", "./cmd/istio-lightstep"); err != nil {
			return err
		}
	}
	// The roots of TLS, which the image has besides, are the same on all of them.
	if err := add(here(), "cmd/release", "golang.org/x/crypto/x509roots/fallback/bundle"); err != nil {
		return err
	}
	var problems []error
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		if !modules[path].hasOwn() {
			problems = append(problems, fmt.Errorf("module %s %s has no licence file in its folder", path, modules[path].version))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.extras(), licensesFile), licensesPage(modules), 0o600)
}

// addLicenses adds the modules of what `go list -deps -json` listed, each with the
// texts between its packages' folders and its own. The standard library is at
// goroot.
func addLicenses(modules map[string]licenses, listed string, standard licenses, goroot string) error {
	decoder := json.NewDecoder(strings.NewReader(listed))
	for {
		var of struct {
			Dir      string
			Standard bool
			Module   *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		if err := decoder.Decode(&of); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		path, version, root := standard.module, standard.version, goroot
		switch {
		case of.Standard:
		case of.Module == nil || of.Module.Main:
			continue
		default:
			path, version, root = of.Module.Path, of.Module.Version, of.Module.Dir
		}
		if _, ok := modules[path]; !ok {
			modules[path] = licenses{module: path, version: version, texts: map[string]string{}}
		}
		if err := textsAbove(modules[path].texts, of.Dir, root); err != nil {
			return err
		}
	}
}

// textsAbove adds the licence files of a folder, and of each above it, up to root.
func textsAbove(texts map[string]string, folder, root string) error {
	for ; ; folder = filepath.Dir(folder) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if entry.IsDir() || !licenseName.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
			if err != nil {
				return err
			}
			name, err := filepath.Rel(root, filepath.Join(folder, entry.Name()))
			if err != nil {
				return err
			}
			texts[filepath.ToSlash(name)] = string(text)
		}
		if folder == root || folder == filepath.Dir(folder) {
			return nil
		}
	}
}

func licensesPage(modules map[string]licenses) []byte {
	var page bytes.Buffer
	fmt.Fprintf(&page, "%s contains the following modules, under the terms below each. The image also contains the "+
		"certificates of Mozilla's list of authorities (certdata.txt), under the Mozilla Public License 2.0: https://mozilla.org/MPL/2.0/\n", project)
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		of := modules[path]
		fmt.Fprintf(&page, "\n%s\n%s %s\n", strings.Repeat("=", 80), of.module, of.version)
		for _, name := range slices.Sorted(maps.Keys(of.texts)) {
			fmt.Fprintf(&page, "%s\n%s\n\n%s\n", strings.Repeat("-", 80), name, strings.TrimSpace(of.texts[name]))
		}
	}
	return page.Bytes()
}
