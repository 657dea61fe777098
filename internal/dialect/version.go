package dialect

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"

	"github.com/Masterminds/semver/v3"
)

// Version is a version of Istio. A pre-release is taken for its release: a
// release candidate understands what the release does. The zero Version is
// unknown.
type Version struct {
	number   *semver.Version
	hasPatch bool
}

// grammar is what a version may be: 1.26.2, v1.26, 1.26.0-rc.1. Numbers of more
// than four digits are no Istio version.
var grammar = regexp.MustCompile(`^v?(` + digits + `\.` + digits + `(\.` + digits + `)?)(-[0-9A-Za-z.-]+)?$`)

const digits = `(?:0|[1-9][0-9]{0,3})`

// ParseVersion reads a version, with or without its patch.
func ParseVersion(text string) (Version, error) {
	parts := grammar.FindStringSubmatch(text)
	if parts == nil {
		return Version{}, fmt.Errorf("%q is no version of Istio", text)
	}
	number, err := semver.NewVersion(parts[1])
	if err != nil {
		return Version{}, fmt.Errorf("%q is no version of Istio: %w", text, err)
	}
	return Version{number, parts[2] != ""}, nil
}

// Known tells whether there is a version.
func (v Version) Known() bool { return v.number != nil }

// HasPatch tells whether the version was given with its patch.
func (v Version) HasPatch() bool { return v.hasPatch }

// Patch is the patch, 0 where it was not given.
func (v Version) Patch() uint64 {
	if !v.Known() {
		return 0
	}
	return v.number.Patch()
}

// Minor is the version without its patch, such as 1.16.
func (v Version) Minor() string {
	if !v.Known() {
		return unknown
	}
	return strconv.FormatUint(v.number.Major(), 10) + "." + strconv.FormatUint(v.number.Minor(), 10)
}

// Less tells whether v is older than other. Neither is where one is unknown.
func (v Version) Less(other Version) bool {
	return v.Known() && other.Known() && v.number.LessThan(other.number)
}

// sameMajor tells whether two known versions are of one major.
func (v Version) sameMajor(other Version) bool { return v.number.Major() == other.number.Major() }

// ahead is the number of minors that v is newer than other, of the same major.
func (v Version) ahead(other Version) uint64 {
	return max(v.number.Minor(), other.number.Minor()) - other.number.Minor()
}

// before is the patch before a later one.
func (v Version) before() Version {
	return Version{semver.New(v.number.Major(), v.number.Minor(), v.number.Patch()-1, "", ""), true}
}

const unknown = "unknown"

// String is the version with its patch, such as 1.16.0, or "unknown".
func (v Version) String() string {
	if !v.Known() {
		return unknown
	}
	return v.number.String()
}

// MarshalJSON writes what String gives.
func (v Version) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// UnmarshalJSON reads a version that has its patch.
func (v *Version) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	read, err := ParseVersion(text)
	if err != nil {
		return err
	}
	if !read.hasPatch {
		return fmt.Errorf("%q has no patch", text)
	}
	*v = read
	return nil
}
