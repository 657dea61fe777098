package report

import (
	"cmp"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// sarifWriter writes SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0), the
// form code scanning takes. The tool comes after the results: only then are
// all the rules known.
type sarifWriter struct {
	w       io.Writer
	version string
	begun   bool
	rules   []sarifRule
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	Level     string          `json:"level"`
	Message   sarifMessage    `json:"message"`
	Locations []sarifLocation `json:"locations,omitempty"`

	Suppressions []sarifSuppression `json:"suppressions,omitempty"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Justification string `json:"justification"`
}

type sarifMessage struct {
	Text string `json:"text"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations,omitempty"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI string `json:"uri"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
}

type sarifLogical struct {
	FullyQualifiedName string `json:"fullyQualifiedName"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name    string      `json:"name"`
	Version string      `json:"version,omitempty"`
	URI     string      `json:"informationUri"`
	Rules   []sarifRule `json:"rules"`
}

type sarifRule struct {
	ID   string `json:"id"`
	Help string `json:"helpUri,omitempty"`
}

const sarifOpening = `{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "results": [`

// Target writes the problems of a target.
func (s *sarifWriter) Target(_ string, problems []problem.Problem) error {
	for _, p := range problems {
		if !slices.ContainsFunc(s.rules, func(r sarifRule) bool { return r.ID == p.ID }) {
			s.rules = append(s.rules, sarifRule{p.ID, p.URL})
		}
		if err := element(s.w, &s.begun, sarifOpening+"\n        ", result(p), "        "); err != nil {
			return err
		}
	}
	return nil
}

func result(p problem.Problem) sarifResult {
	text := sentence(p)
	if p.Fix != "" {
		if !strings.HasSuffix(text, "?") {
			text += "."
		}
		text += " Fix: " + p.Fix
	}
	var at sarifLocation
	if isFile(p.File) {
		at.Physical = &sarifPhysical{Artifact: sarifArtifact{URI: fileURI(p.File)}}
		if p.Line > 0 {
			at.Physical.Region = &sarifRegion{StartLine: p.Line, StartColumn: p.Column}
		}
	}
	if p.Path != "" {
		at.Logical = []sarifLogical{{FullyQualifiedName: p.Path}}
	}
	level := string(p.Severity)
	if p.Severity == problem.SeverityInfo {
		level = "note"
	}
	r := sarifResult{RuleID: p.ID, Level: level, Message: sarifMessage{Text: text}}
	if at.Physical != nil || at.Logical != nil {
		r.Locations = []sarifLocation{at}
	}
	if p.IgnoredBy != "" {
		r.Suppressions = []sarifSuppression{{Kind: "external", Justification: "ignored by " + p.IgnoredBy}}
	}
	return r
}

// fileURI writes a file's name as a URI: relative ones stay so.
func fileURI(name string) string {
	u := url.URL{Path: filepath.ToSlash(name)}
	if filepath.IsAbs(name) {
		u.Scheme = "file"
	}
	return u.String()
}

// Close ends the report.
func (s *sarifWriter) Close() error {
	opening, ending := "", "\n      ],\n"
	if !s.begun {
		opening, ending = sarifOpening, "],\n"
	}
	slices.SortFunc(s.rules, func(a, b sarifRule) int { return cmp.Compare(a.ID, b.ID) })
	tool, err := terminal.JSON(sarifTool{sarifDriver{
		Name: "istio-lightstep", Version: s.version,
		URI: pages.Project, Rules: append([]sarifRule{}, s.rules...),
	}}, "      ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(s.w, opening+ending+"      \"tool\": "+string(tool)+"\n    }\n  ]\n}\n")
	return err
}
