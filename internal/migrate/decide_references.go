package migrate

import (
	"cmp"
	"iter"
	"path"
	"regexp"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// nameReferences names the ConfigMaps, Secrets and files with more values of a
// release that were not given.
func (m *decisions) nameReferences() {
	given := map[object]bool{}
	for _, d := range m.documents {
		named := object{Kind: textAt(d.root, "kind"), Name: textAt(d.root, "metadata.name")}
		given[named] = true // of any namespace
		named.Namespace = textAt(d.root, "metadata.namespace")
		given[named] = true
	}
	for _, d := range m.documents {
		m.nameExpressions(d)
		for _, r := range m.References {
			if textAt(d.root, "kind") != r.Kind {
				continue
			}
			for _, s := range sites(d.root, r.At) {
				if r.To == aFile {
					m.askForValues(d, s)
					continue
				}
				to := object{Kind: cmp.Or(r.To, textAt(s.Value, "kind")), Name: textAt(s.Value, "name"), Namespace: textAt(d.root, "metadata.namespace")}
				if set := textAt(s.Value, r.Path); r.Path != "" && setsSpans(set) {
					m.nameSetter(d, s, r, set)
					continue
				}
				if to.Name == "" || given[to] || given[object{Kind: to.Kind, Name: to.Name}] && to.Namespace == "" {
					continue
				}
				m.tell(d, Left, s, "", "more values are in "+shown(to.Kind+" "+to.Name)+", which was not given, and may configure LightStep: give its text as a file too")
			}
		}
	}
}

// expression is a value of Terraform's JSON that Terraform makes; fileRead is one that it reads from a file.
var (
	expression = regexp.MustCompile(`^\$\{.*\}$`)
	fileRead   = regexp.MustCompile(`^\$\{file\("([^"$]+)"\)\}$`)
)

// nameExpressions names values of a release of Helm's that stand in Terraform's JSON as expressions.
func (m *decisions) nameExpressions(d *document) {
	for _, release := range sites(d.root, "resource.helm_release.*") {
		if !strings.Contains(textAt(release.Value, "chart"), "istio") && !mentionsAny(release.Value) {
			continue
		}
		for _, s := range below(release, "values[]") {
			text := yamltree.Text(s.Value)
			if file := fileRead.FindStringSubmatch(text); file != nil && m.given[path.Base(file[1])] || !expression.MatchString(text) {
				continue
			}
			m.hideTokens(text)
			m.tell(d, Unread, s, "", "this is an expression of Terraform: give the values that it makes as a file of their own")
		}
	}
}

// setsSpans tells a path that sets something of tracing.
func setsSpans(path string) bool {
	return aboutTracing(path) && (!strings.Contains(path, "meshConfig.") || strings.Contains(path, "extensionProviders[") || strings.Contains(path, "tracing"))
}

// nameSetter names what sets one value from elsewhere, at a path.
func (m *decisions) nameSetter(d *document, s site, r reference, path string) {
	from, where := shown(textAt(s.Value, "kind")+" "+textAt(s.Value, "name")), ": where the Secret is in the namespace of the release, name it in accessTokenFrom"
	if r.From != "" {
		from, where = cmp.Or(shown(textAt(s.Value, r.From)), "elsewhere"), ", in a Secret that accessTokenFrom names"
	}
	why := "this sets " + shown(path) + " from " + from + ", and is not changed: remove it with what it is part of, and set the value"
	if isToken(path) {
		why += where
	}
	value := m.valueAt(ofChart.FindString(path))
	m.tell(d, ByHand, s, value, why)
	if value != "" {
		m.notKnown(d, s, value, r.Rank)
	}
}

// valueAt gives the value that a path of Istio's values becomes; "" where it is
// none, and for the token, which is for a Secret.
func (t *table) valueAt(set string) string {
	for prefix, rows := range map[string]string{"": "values", "meshConfig.": "meshConfig"} {
		for _, r := range t.Rows[rows] {
			if prefix+r.Path == set && !r.Secret {
				return r.Value
			}
		}
	}
	return ""
}

// aFile is what the table calls a reference to a file.
const aFile = "file"

// askForValues names a file with more values that was not given.
func (m *decisions) askForValues(d *document, s site) {
	if name := yamltree.Text(s.Value); name != "" && !m.given[path.Base(name)] {
		m.tell(d, Left, s, "", "more values are in "+shown(name)+", which was not given, and may configure LightStep: give this file too")
	}
}

// pinned gives the places that are of the Istio that runs.
func (m *decisions) pinned() iter.Seq2[*document, site] {
	return func(yield func(*document, site) bool) {
		for _, d := range m.documents {
			for _, path := range m.Pins {
				for _, s := range sites(d.root, path) {
					if len(d.placed) > 0 && !m.isOther(d) && !m.gone[d.root] && !m.gone[s.Key] && !yield(d, s) {
						return
					}
				}
			}
		}
	}
}

// findRunning finds what the documents say of the Istio that runs.
func (m *decisions) findRunning() {
	for version := range m.installed() {
		if m.runsNamed = true; version.Less(m.to.direct) {
			m.runs = version.String()
		}
	}
}

// installed gives the versions of Istio that the cluster and the files tell: those that are pinned, those of the chart
// istiod, and those that commands install. What is none, and a range of more than a minor, is left out.
func (m *decisions) installed() iter.Seq[dialect.Version] {
	return func(yield func(dialect.Version) bool) {
		if m.to.running.Known() && !yield(m.to.running) {
			return
		}
		for _, s := range m.pinned() {
			text := yamltree.Text(s.Value)
			version, err := dialect.ParseVersion(text[strings.LastIndexByte(text, ':')+1:])
			if err == nil && !yield(version) {
				return
			}
		}
		for _, d := range m.documents {
			if version, err := dialect.ParseVersion(d.installedVersion()); err == nil && !m.isOther(d) && !yield(version) {
				return
			}
			for _, c := range m.Charts {
				for _, s := range sites(d.root, c.At) {
					found := ofOneMinor.FindStringSubmatch(textAt(s.Value, c.Version))
					if found == nil || d.owner != nil || m.gone[d.root] || path.Base(textAt(s.Value, "chart")) != "istiod" {
						continue
					}
					version, err := dialect.ParseVersion(found[1])
					if err == nil && !yield(version) {
						return
					}
				}
			}
		}
	}
}

// versionOfTool is the version in the name, the folder or the image of an istioctl.
var versionOfTool = regexp.MustCompile(`(?:istioctl[-:@]|istio-)v?(\d+\.\d+(?:\.\d+)?)`)

// installedVersion gives the version of Istio that a command installs; "" where it does not tell.
func (d *document) installedVersion() string {
	if len(d.words) == 0 {
		return ""
	}
	if toolOf(d.words) == "istioctl" {
		if found := versionOfTool.FindStringSubmatch(d.words[0].text); found != nil {
			return found[1]
		}
		return ""
	}
	for i, w := range d.words {
		if found := chartArchive.FindStringSubmatch(w.text); found != nil {
			return found[1]
		}
		name, value := flagAt(d.words, i)
		if found := ofOneMinor.FindStringSubmatch(value); name == "--version" && found != nil {
			return found[1]
		}
	}
	return ""
}

// ofOneMinor finds a version, or a range of the patches of one minor.
var ofOneMinor = regexp.MustCompile(`^[=~v ]*(\d+\.\d+(?:\.\d+)?)(?:\.[xX*])?$`)
