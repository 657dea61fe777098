// Package eras tells for which rows of the chart's dialects an example holds.
//
// Neighbouring minors of Istio are rendered the same, so examples/ has no
// folder for each of them. eras.yaml says which rows are one era, and names the
// lines in which they differ.
package eras

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

//go:embed eras.yaml
var erasYAML []byte

// Table is eras.yaml.
type Table struct {
	Eras     []Era                         `json:"eras"`
	Minor    []string                      `json:"minor"`    // rules whose warnings name the minor
	Warnings map[string]semver.Constraints `json:"warnings"` // rules that warn for these versions alone
	Lines    [][]Variant                   `json:"lines"`
	Refused  map[string]semver.Constraints `json:"refused"`  // rules that refuse examples for these versions
	Examples map[string]semver.Constraints `json:"examples"` // what holds for these versions alone, by name
}

// Era is a delivery, and the versions of Istio that are rendered the same for it.
type Era struct {
	Delivery string             `json:"delivery"`
	Istio    semver.Constraints `json:"istio"`
}

// Variant is what a line is for some versions of Istio, without its indentation.
type Variant struct {
	Istio semver.Constraints `json:"istio"`
	Text  string             `json:"text"`
}

// Case is an example, rendered for a version of its era.
type Case struct {
	Folder  string         // the example's
	Own     string         // version of Istio that its golden is for
	OwnRow  render.Dialect // that it is of
	Version string         // version to render it for
	Row     render.Dialect // that it is of
	Values  []byte         // the example's, for Version
}

// Read gives the table.
func Read() (*Table, error) {
	var table Table
	if err := yaml.UnmarshalStrict(erasYAML, &table); err != nil {
		return nil, fmt.Errorf("eras.yaml: %w", err)
	}
	return &table, nil
}

// Versions gives the first and the last patch that each row holds for. A minor
// ends with its patch 99.
func Versions(rows []render.Dialect) ([][]string, error) {
	all := make([][]string, len(rows))
	for i, row := range rows {
		last := row.Minor + ".99"
		if i+1 < len(rows) && rows[i+1].Minor == row.Minor {
			next, err := semver.StrictNewVersion(rows[i+1].From)
			if err != nil {
				return nil, fmt.Errorf("row %s: %w", rows[i+1].From, err)
			}
			last = fmt.Sprintf("%s.%d", row.Minor, next.Patch()-1)
		}
		all[i] = slices.Compact([]string{row.From, last})
	}
	return all, nil
}

// In gives the places, in Eras, of the eras that a version with a delivery is
// in: one, if the table is right.
func (t *Table) In(delivery, version string) []int {
	var in []int
	for i, era := range t.Eras {
		if era.Delivery == delivery && Holds(era.Istio, version) {
			in = append(in, i)
		}
	}
	return in
}

// Holds tells whether a version is among those of a constraint.
func Holds(versions semver.Constraints, version string) bool {
	v, err := semver.StrictNewVersion(version)
	return err == nil && versions.Check(v)
}

// Cases gives the example in a folder for every version of every row of its
// era, and the place of the era in Eras.
func (t *Table) Cases(folder string, rows []render.Dialect) ([]Case, int, error) {
	text, err := os.ReadFile(filepath.Join(folder, "values.yaml"))
	if err != nil {
		return nil, 0, err
	}
	own, asked, err := asksFor(text)
	if err != nil {
		return nil, 0, fmt.Errorf("%s: %w", folder, err)
	}
	versions, err := Versions(rows)
	if err != nil {
		return nil, 0, err
	}
	ownRow := rowOf(own, rows, versions)
	era := t.In(deliveryOf(asked, ownRow), own)
	if len(era) != 1 {
		return nil, 0, fmt.Errorf("%s: Istio %s is in %d eras", folder, own, len(era))
	}
	var cases []Case
	for i, row := range rows {
		for _, version := range versions[i] {
			if only, ok := t.Examples[filepath.Base(folder)]; ok && !Holds(only, version) {
				continue
			}
			if !slices.Equal(t.In(deliveryOf(asked, row), version), era) {
				continue
			}
			values := bytes.Replace(text, []byte(`version: "`+own+`"`), []byte(`version: "`+version+`"`), 1)
			cases = append(cases, Case{folder, own, ownRow, version, row, values})
		}
	}
	return cases, era[0], nil
}

// asksFor gives the version and the delivery in an example's values.
func asksFor(text []byte) (version, delivery string, err error) {
	var values struct {
		Istio    struct{ Version string }
		Delivery string
		Backends map[string]any
	}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return "", "", err
	}
	if len(values.Backends) > 0 && values.Delivery == "" {
		values.Delivery = "collector" // which backends need
	}
	if !bytes.Contains(text, []byte(`version: "`+values.Istio.Version+`"`)) {
		return "", "", fmt.Errorf("values.yaml must set istio.version as version: \"1.2.3\"")
	}
	return values.Istio.Version, values.Delivery, nil
}

func deliveryOf(asked string, row render.Dialect) string {
	if asked == "" {
		return row.Auto
	}
	return asked
}

// rowOf gives the row of a version.
func rowOf(version string, rows []render.Dialect, versions [][]string) render.Dialect {
	for i, row := range rows {
		first, last := versions[i][0], versions[i][len(versions[i])-1]
		if between, err := semver.NewConstraint(first + " - " + last); err == nil && Holds(*between, version) {
			return row
		}
	}
	return render.Dialect{}
}

// Want gives what a document must be for the case's version, from what it is in
// the golden.
func (t *Table) Want(c Case, golden string) string {
	lines := strings.Split(golden, "\n")
	for i, line := range lines {
		if slices.ContainsFunc(t.Minor, func(rule string) bool { return warns(line, rule) }) {
			line = strings.ReplaceAll(line, " "+c.OwnRow.Minor+" ", " "+c.Row.Minor+" ")
		}
		text := strings.TrimLeft(line, " ")
		lines[i] = line[:len(line)-len(text)] + t.variant(text, c)
	}
	return t.WithoutWarnings(strings.Join(lines, "\n"))
}

// variant gives what a line of the golden is for the case's version.
func (t *Table) variant(text string, c Case) string {
	for _, variants := range t.Lines {
		for _, own := range variants {
			if own.Text != text || !Holds(own.Istio, c.Own) {
				continue
			}
			for _, other := range variants {
				if Holds(other.Istio, c.Version) {
					return other.Text
				}
			}
		}
	}
	return text
}

// WithoutWarnings leaves out of a document what Warnings lists.
func (t *Table) WithoutWarnings(document string) string {
	lines := slices.DeleteFunc(strings.Split(document, "\n"), func(line string) bool {
		for rule := range t.Warnings {
			if warns(line, rule) {
				return true
			}
		}
		return false
	})
	return strings.Join(lines, "\n")
}

// Warns tells whether a document has a rule's warning.
func Warns(document, rule string) bool {
	return slices.ContainsFunc(strings.Split(document, "\n"), func(line string) bool { return warns(line, rule) })
}

// warns knows a warning in the ConfigMap of warnings, and at the head of a
// control-plane document.
func warns(line, rule string) bool {
	return strings.HasPrefix(line, "    "+rule+": ") ||
		strings.HasPrefix(line, "# ") && strings.HasSuffix(line, " ["+rule+"]")
}
