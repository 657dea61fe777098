// Package ignore reads which findings a user does not want to be told of, and
// counts what was left out for it, so that nothing is left out unseen.
package ignore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/schema"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// Flag is what ignores a finding that the command line names.
const Flag = "--ignore"

// IDs are those of findings that are ignored.
type IDs []string

// Has tells whether an id is ignored.
func (i IDs) Has(id string) bool { return slices.Contains(i, id) }

// Parse takes ids that are known. Its error names all others, with the id that
// each was probably meant to be.
func Parse(given, known []string) (IDs, error) {
	var ids IDs
	var wrong []string
	for _, id := range given {
		id = strings.ToUpper(strings.TrimSpace(id))
		if slices.Contains(known, id) {
			ids = append(ids, id)
			continue
		}
		message := fmt.Sprintf("%q is not the ID of a finding", terminal.Safe(id))
		if meant := schema.Nearest(id, known); meant != "" {
			message += "; did you mean " + meant + "?"
		}
		wrong = append(wrong, message)
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%s: %s", Flag, strings.Join(wrong, ", "))
	}
	return ids, nil
}

// OfMesh are the ids of what doctor finds on a mesh.
func OfMesh() ([]string, error) {
	catalogue, err := finding.Load()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, k := range catalogue.Kinds() {
		ids = append(ids, k.ID)
	}
	return ids, nil
}

// OfValues are the ids of what is found in values, and on the way to a
// backend: those of the chart's rules, and those that no rule has.
func OfValues() ([]string, error) {
	data, err := charts.FS.ReadFile("istio-lightstep/files/rules.json")
	if err != nil {
		return nil, fmt.Errorf("read the chart's rules: %w", err)
	}
	var file struct{ Rules []struct{ ID string } }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read the chart's rules: %w", err)
	}
	ids := slices.Clone(withoutRule)
	for _, r := range file.Rules {
		if !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// withoutRule are the ids of problems that code finds.
var withoutRule = []string{
	"LS-CA-EXPIRED", "LS-CA-EXPIRES-SOON", "LS-CA-LEAF", "LS-CA-NOT-YET-VALID", "LS-CA-PEM", "LS-CA-PRIVATE-KEY",
	"LS-DOCUMENT-ALIAS", "LS-DOCUMENT-DUPLICATE-KEY", "LS-DOCUMENT-FORM", "LS-DOCUMENT-KEPT", "LS-DOCUMENT-KIND", "LS-DOCUMENT-LAYER",
	"LS-DOCUMENT-NAME", "LS-DOCUMENT-REPLACED", "LS-DOCUMENT-TYPE", "LS-DOCUMENT-YAML",
	"LS-EXPORT-CLIENT", "LS-EXPORT-ENDPOINT", "LS-EXPORT-FORMAT", "LS-EXPORT-PATH", "LS-EXPORT-REDIRECT", "LS-EXPORT-SIZE",
	"LS-EXPORT-UNTRIED", "LS-EXPORT-WEB-PAGE",
	"LS-END-OF-LIFE",
	"LS-SATELLITE-CA", "LS-SATELLITE-DNS", "LS-SATELLITE-EXPIRED", "LS-SATELLITE-EXPIRES-SOON", "LS-SATELLITE-GZIP",
	"LS-SATELLITE-HTTP2", "LS-SATELLITE-NAME", "LS-SATELLITE-NO-TOKEN", "LS-SATELLITE-PLAINTEXT", "LS-SATELLITE-PROTOCOL",
	"LS-SATELLITE-TCP", "LS-SATELLITE-TLS", "LS-SATELLITE-TOKEN", "LS-SATELLITE-UNAVAILABLE",
	"LS-SPAN-LOST", "LS-SPAN-PLAINTEXT", "LS-SPAN-QUEUED", "LS-SPAN-REFUSED", "LS-SPAN-UNPROVEN",
	"LS-TOKEN-PLACEHOLDER", "LS-VALUES-ALIASES", "LS-VALUES-DIRECTIVE", "LS-VALUES-DUPLICATE-KEY", "LS-VALUES-ENUM", "LS-VALUES-KEY",
	"LS-VALUES-MISSING",
	"LS-VALUES-NOT-A-MAP", "LS-VALUES-NOT-UTF8", "LS-VALUES-NULL", "LS-VALUES-SCHEMA", "LS-VALUES-SECOND-DOCUMENT",
	"LS-VALUES-SET", "LS-VALUES-SYNTAX", "LS-VALUES-TOO-DEEP", "LS-VALUES-TOO-LARGE", "LS-VALUES-TYPE", "LS-VALUES-UNKNOWN-KEY",
}
