// Package pages knows where on the Web a problem is documented.
package pages

import "strings"

// Project is the project's own page.
const Project = "https://github.com/istio-lightstep/istio-lightstep"

const root = Project + "/blob/main/"

// The pages of problems that neither a rule nor a finding is about.
const (
	Check   = root + "docs/values.md#additional-checks-in-go" // of values and documents
	Backend = root + "docs/helm-test.md#findings"             // on the path to a backend
	Rights  = root + "docs/doctor.md#rights"                  // what doctor could not read
	Trace   = root + "docs/doctor-trace.md#what-it-needs"     // what doctor could not follow
)

// Rule gives the page of a rule of the chart.
func Rule(id string) string { return root + "docs/rules.md#" + strings.ToLower(id) }

// Of gives the page that a file of the repository is, such as
// docs/findings/LS-CA-KEY.md.
func Of(file string) string { return root + file }
