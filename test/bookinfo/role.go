package bookinfo

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a process is: one of Bookinfo's workloads. Its text is the name
// of the workload's Deployment, and the end of its image's name after
// "examples-bookinfo-".
type Role string

// The workloads of Bookinfo.
const (
	Productpage Role = "productpage-v1"
	Details     Role = "details-v1"
	ReviewsV1   Role = "reviews-v1" // no stars, asks nobody
	ReviewsV2   Role = "reviews-v2" // black stars, asks ratings
	ReviewsV3   Role = "reviews-v3" // red stars, asks ratings
	Ratings     Role = "ratings-v1"
)

// Roles gives every role, sorted.
func Roles() []Role {
	return []Role{Details, Productpage, Ratings, ReviewsV1, ReviewsV2, ReviewsV3}
}

// ParseRole gives the role of that name; the error names the roles there are.
func ParseRole(name string) (Role, error) {
	if !slices.Contains(Roles(), Role(name)) {
		return "", fmt.Errorf("no role %q: use one of %s", name, names(Roles()))
	}
	return Role(name), nil
}

// names lists values for an error.
func names[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}
