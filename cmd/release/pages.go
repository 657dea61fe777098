package release

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

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
