package release

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// change is an entry of CHANGELOG.md, as Artifact Hub knows it.
type change struct {
	Kind        string `json:"kind"`
	Description string `json:"description"`
}

// section is the part of CHANGELOG.md about one version.
type section struct {
	text    string
	changes []change
}

// kinds are the titles of a section's parts.
var kinds = []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

var (
	heading = regexp.MustCompile(`^## \[([^\]]+)\]( - \d{4}-\d{2}-\d{2})?$`)
	link    = regexp.MustCompile(`^\[[^\]]+\]: `)
	inText  = regexp.MustCompile(`\[([^\]]+)\]\(([^):#][^):]*)\)`)
)

func (s source) changelog(version string) (section, error) {
	text, err := os.ReadFile(filepath.Join(s.folder, "CHANGELOG.md"))
	if err != nil {
		return section{}, err
	}
	found, err := sectionOf(string(text), version)
	if err != nil {
		return section{}, fmt.Errorf("CHANGELOG.md: %w", err)
	}
	return found, nil
}

// sectionOf finds the section of a version, which has a date, and its entries.
func sectionOf(changelog, version string) (section, error) {
	var lines []string
	inside := false
	for line := range strings.Lines(changelog) {
		line = strings.TrimRight(line, "\n")
		if found := heading.FindStringSubmatch(line); found != nil {
			inside = found[1] == version && found[2] != ""
			continue
		}
		if inside && !link.MatchString(line) {
			lines = append(lines, line)
		}
	}
	s := section{text: strings.TrimSpace(strings.Join(lines, "\n"))}
	if s.text == "" {
		return section{}, fmt.Errorf("no section `## [%s] - DATE` with entries: run make release-commit VERSION=%s", version, version)
	}
	kind := ""
	for _, line := range lines {
		title, isTitle := strings.CutPrefix(line, "### ")
		entry, isEntry := strings.CutPrefix(line, "- ")
		switch {
		case isTitle && !slices.Contains(kinds, title):
			return section{}, fmt.Errorf("%q is not one of %s", title, strings.Join(kinds, ", "))
		case isTitle:
			kind = strings.ToLower(title)
		case isEntry && kind == "":
			return section{}, fmt.Errorf("an entry has no title above it: %q", line)
		case isEntry:
			s.changes = append(s.changes, change{Kind: kind, Description: entry})
		case strings.HasPrefix(line, "  ") && len(s.changes) > 0:
			s.changes[len(s.changes)-1].Description += " " + strings.TrimSpace(line)
		}
	}
	return s, nil
}

// at gives the text of a file in a folder of the repository with its relative
// links pointing into the repository at a tag: on a release's page, in a chart's
// package and in an archive they lead nowhere.
func at(text, folder, tag string) string {
	return inText.ReplaceAllStringFunc(text, func(found string) string {
		parts := inText.FindStringSubmatch(found)
		return "[" + parts[1] + "](" + repository + "/blob/" + tag + "/" + path.Join(folder, parts[2]) + ")"
	})
}
