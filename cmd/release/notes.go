package release

import (
	"bytes"
	"context"
	_ "embed"
	"os"
	"path/filepath"
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
	err = parsed.Execute(&notes, map[string]string{
		"Changes": at(r.changelog.text, "", r.tag()), "Version": r.Version, "Tag": r.tag(), "Commit": r.source.commit,
		"Image": officialImage, "Digest": r.image.digest.String(), "Repository": repository,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.Dist, "notes.md"), notes.Bytes(), 0o600)
}
