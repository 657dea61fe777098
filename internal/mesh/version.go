package mesh

import (
	"fmt"
	"regexp"
	"strconv"
)

// Version is a version of Istio; the zero one is unknown.
type Version struct {
	Major, Minor, Patch int
}

// Known tells whether the version could be read.
func (v Version) Known() bool { return v != Version{} }

// Below tells whether a known version is older than another.
func (v Version) Below(major, minor, patch int) bool {
	if v.Major != major {
		return v.Known() && v.Major < major
	}
	if v.Minor != minor {
		return v.Minor < minor
	}
	return v.Patch < patch
}

func (v Version) String() string {
	if !v.Known() {
		return "unknown"
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

var (
	tag     = regexp.MustCompile(`:v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-[0-9A-Za-z.-]+)?$`)
	release = regexp.MustCompile(`^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})`)
)

// imageVersion reads the version of an image's tag, a digest left out.
func imageVersion(image string) Version {
	for i := range image {
		if image[i] == '@' {
			image = image[:i]
			break
		}
	}
	return parsed(tag.FindStringSubmatch(image))
}

// labelVersion reads label app.kubernetes.io/version. Istio's chart built by
// oneself calls itself 1.0.0.
func labelVersion(label string) Version {
	v := parsed(release.FindStringSubmatch(label))
	if (v == Version{1, 0, 0}) {
		return Version{}
	}
	return v
}

func parsed(match []string) Version {
	if match == nil {
		return Version{}
	}
	// The patterns leave nothing that Atoi refuses.
	major, _ := strconv.Atoi(match[1])
	minor, _ := strconv.Atoi(match[2])
	patch, _ := strconv.Atoi(match[3])
	return Version{major, minor, patch}
}
