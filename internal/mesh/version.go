package mesh

import (
	"regexp"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

var (
	tag     = regexp.MustCompile(`:v?(\d+\.\d+\.\d+)(?:-[0-9A-Za-z.-]+)?$`)
	release = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)`)
)

// imageVersion reads the version of an image's tag, a digest left out.
func imageVersion(image string) dialect.Version {
	image, _, _ = strings.Cut(image, "@")
	return firstOf(tag.FindStringSubmatch(image))
}

// labelVersion reads label app.kubernetes.io/version. Istio's chart built by
// oneself calls itself 1.0.0.
func labelVersion(label string) dialect.Version {
	v := firstOf(release.FindStringSubmatch(label))
	if v.String() == "1.0.0" {
		return dialect.Version{}
	}
	return v
}

func firstOf(match []string) dialect.Version {
	if match == nil {
		return dialect.Version{}
	}
	v, _ := dialect.ParseVersion(match[1]) // unknown, where it is none
	return v
}
