package document

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// istioChart finds the other charts of an Istio at the end of what names one.
var istioChart = regexp.MustCompile(`(^|/)(base|cni|gateway|ztunnel|istio-(base|cni|ingress|egress))/?$`)

// chartArchive finds the version in the name of a chart's archive.
var chartArchive = regexp.MustCompile(`-(v?[0-9][^/]*)\.tgz$`)

// chartForms are the places, below one map, at which documents name a chart, its
// version and where it comes from: Argo CD, k3s and helmfile, the first Flux and
// Crossplane, Flux, whose OCIRepository has all of it in its address.
var chartForms = []struct{ chart, version, source string }{
	{"chart", "targetRevision", "repoURL"},
	{"chart", "version", "repo"},
	{"chart.name", "chart.version", "chart.repository"},
	{"chart.spec.chart", "chart.spec.version", "chart.spec.sourceRef.name"},
	{"url", "ref.tag", "url"},
	{"url", "ref.semver", "url"},
}

// chartVersion gives the version, or the range of versions, of the Istio chart that
// a map names, or nil; istiod tells whether the chart is istiod's. The names of the
// others are common: something else must say that they are Istio's.
func chartVersion(node *yaml.Node) (version *yaml.Node, istiod bool) {
	for _, form := range chartForms {
		name := yamltree.Text(at(node, form.chart))
		istiod = istiodChart.MatchString(name)
		ofIstio := istioChart.MatchString(name) && strings.Contains(name+" "+yamltree.Text(at(node, form.source)), "istio")
		found := at(node, form.version)
		if (istiod || ofIstio) && says(found) && yamltree.Resolved(found).Kind == yaml.ScalarNode {
			return found, istiod
		}
		if archive := chartArchive.FindStringSubmatch(name); istiod && archive != nil {
			found := *yamltree.Resolved(at(node, form.chart))
			found.Value = archive[1]
			return &found, istiod
		}
	}
	return nil, false
}

// version gives the version of the chart that takes the values, where these stand
// in what installs it.
func (h held) version() *yaml.Node {
	for s := &h.Site; s != nil; s = s.Up {
		if version, istiod := chartVersion(s.Value); istiod {
			return version
		}
	}
	return nil
}

// elsewhere are the keys by which what installs a chart takes values from elsewhere.
var elsewhere = []string{"valueFiles", "valuesFrom", "valuesFiles"}

// installed gives what documents without values of istiod say: the version of the
// Istio whose charts they install, of istiod's if there is that one. It is nil where
// they install none.
//
// The error says that there are values of istiod, and that they cannot be read.
func (b *beside) installed(documents []*yaml.Node) (*Document, error) {
	var version *yaml.Node
	ofIstiod := false
	for _, d := range documents {
		for s := range yamltree.All(d) {
			if s.Value.Kind != yaml.MappingNode {
				continue
			}
			if found, istiod := chartVersion(s.Value); found != nil && (version == nil || istiod && !ofIstiod) {
				version, ofIstiod = found, istiod
			}
		}
	}
	if version == nil {
		return nil, nil
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	putFact(root, "version", version)
	d := b.document(root)
	if !ofIstiod {
		return d, nil
	}
	return d, refuseElsewhere(documents)
}

// installs tells a document that installs an Istio chart of a version.
func installs(root *yaml.Node) bool {
	return len(yamltree.Outermost(root, func(s yamltree.Site) bool {
		version, _ := chartVersion(s.Value)
		return version != nil
	})) > 0
}

// refuseElsewhere refuses documents that take values from where they are not read.
func refuseElsewhere(documents []*yaml.Node) error {
	if err := refuseText(documents); err != nil {
		return err
	}
	for _, d := range documents {
		for s := range yamltree.All(d) {
			for _, key := range elsewhere {
				if k, value := yamltree.Entry(s.Value, key); k != nil && says(value) {
					return &Error{problem.Problem{
						ID: idKind, Severity: problem.SeverityError, Path: append(s.Path(), key).String(), Line: k.Line, Column: k.Column,
						Reason: "values of istiod are taken from elsewhere, and only those in the document are checked",
						Fix:    "give these values as a file of their own",
					}}
				}
			}
		}
	}
	return nil
}
