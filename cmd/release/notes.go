package release

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed notes.md.tmpl
var notesText string

// writeNotes writes what the page of the release says: the section of
// CHANGELOG.md, and how to install and to verify it.
func (r *release) writeNotes(context.Context) error {
	parsed, err := template.New("notes").Parse(notesText)
	if err != nil {
		return err
	}
	var notes bytes.Buffer
	fingerprint := ""
	if r.pgp != nil {
		fingerprint = r.pgp.fingerprint
	}
	err = parsed.Execute(&notes, map[string]string{
		"Changes": at(r.changelog.text, "", r.tag()), "Version": r.Version, "Tag": r.tag(), "Commit": r.source.commit,
		"Image": officialImage, "Digest": r.image.digest.String(), "Repository": repository, "Fingerprint": fingerprint,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.Dist, "notes.md"), notes.Bytes(), 0o600)
}

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
// That of a pre-release is Unreleased.
func sectionOf(changelog, version string) (section, error) {
	var lines []string
	inside := false
	name, dated := version, true
	if prerelease(version) {
		name, dated = "Unreleased", false
	}
	for line := range strings.Lines(changelog) {
		line = strings.TrimRight(line, "\n")
		if found := heading.FindStringSubmatch(line); found != nil {
			inside = found[1] == name && dated == (found[2] != "")
			continue
		}
		if inside && !link.MatchString(line) {
			lines = append(lines, line)
		}
	}
	s := section{text: strings.TrimSpace(strings.Join(lines, "\n"))}
	if s.text == "" && !dated {
		return section{}, errors.New("## [Unreleased] has no entries: write there what changed since the last release")
	}
	if s.text == "" {
		return section{}, fmt.Errorf("no section `## [%s] - DATE` with entries: write them below `## [Unreleased]`, run make release-commit VERSION=%s, and commit",
			version, version)
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

// copyPage copies a page of the repository into a folder, with its links as [at] has
// them.
func (r *release) copyPage(page, folder string) error {
	text, err := os.ReadFile(filepath.Join(r.source.folder, filepath.FromSlash(page)))
	if err != nil {
		return err
	}
	changed := at(string(text), strings.Trim(path.Dir(page), "."), r.tag())
	return os.WriteFile(filepath.Join(folder, path.Base(page)), []byte(changed), 0o600)
}

var (
	// unreleased is what a page says before there is a release.
	unreleased = regexp.MustCompile(`(?s)<!-- unreleased -->\n.*?<!-- /unreleased -->\n\n`)
	// onlyBefore is wrong after a release.
	onlyBefore = regexp.MustCompile(`(?i)\b(published|released)\s+yet\b|\bnot\s+(yet\s+)?(been\s+)?published\b|` +
		`\bbefore\s+the\s+first\s+release\b|<!-- /?unreleased -->`)
)

// publishPages removes what pages say before there is a release, and reports
// what they say so outside of the marks.
func publishPages(root string) error {
	folder, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	var problems []error
	err = fs.WalkDir(folder.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "dist", "testdata"}, entry.Name()):
			return fs.SkipDir
		case entry.IsDir() || entry.Name() == "CHANGELOG.md" || !isPage(path):
			return nil
		}
		text, err := folder.ReadFile(path)
		if err != nil {
			return err
		}
		page := string(text)
		if changed := unreleased.ReplaceAllString(page, ""); changed != page {
			page = changed
			if err := folder.WriteFile(path, []byte(page), 0o600); err != nil {
				return err
			}
		}
		for _, at := range onlyBefore.FindAllStringIndex(page, -1) {
			problems = append(problems, fmt.Errorf("%s:%d: %q is true only before a release: put it between <!-- unreleased --> and <!-- /unreleased -->, with an empty line behind",
				path, strings.Count(page[:at[0]], "\n")+1, page[at[0]:at[1]]))
		}
		return nil
	})
	return errors.Join(append(problems, err)...)
}

// isPage says whether people read a file, or a page or the chart is made of it.
func isPage(path string) bool {
	return slices.Contains([]string{".md", ".tmpl", ".gotmpl", ".yaml", ".txt", ".tpl"}, filepath.Ext(path))
}
