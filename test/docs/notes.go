package docs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sigs.k8s.io/yaml"
)

// Notes gives the commands of what Helm prints after an install with the
// README's values and these flags, where there was no cluster to look at: the
// lines that are indented by four spaces. Helm prints NOTES on a cluster alone,
// so they are rendered as a document, of a copy of the chart.
func (w *Workspace) Notes(ctx context.Context, flags string) ([]Block, error) {
	t, err := readTable()
	if err != nil {
		return nil, err
	}
	notes, err := w.renderNotes(ctx, flags)
	if err != nil {
		return nil, err
	}
	_, rest, found := strings.Cut(notes, "\nNext step")
	if !found {
		return nil, errors.New("NOTES have nothing that is still to do")
	}
	var blocks []Block
	var problems []error
	for i, line := range strings.Split(rest, "\n") {
		command, indented := strings.CutPrefix(line, "    ")
		if !indented {
			continue
		}
		block := Block{Page: "NOTES.txt", Line: i + 1, Text: command}
		block.Statements, err = t.statements(block)
		blocks, problems = append(blocks, block), append(problems, err)
	}
	return blocks, errors.Join(problems...)
}

func (w *Workspace) renderNotes(ctx context.Context, flags string) (string, error) {
	chart := filepath.Join(w.Dir, "chart-of-notes")
	if err := os.RemoveAll(chart); err != nil {
		return "", err
	}
	if err := os.CopyFS(chart, os.DirFS(filepath.Join(w.Dir, "charts", "istio-lightstep"))); err != nil {
		return "", err
	}
	templates := filepath.Join(chart, "templates")
	text, err := os.ReadFile(filepath.Join(templates, "NOTES.txt"))
	if err != nil {
		return "", err
	}
	for name, text := range map[string]string{
		"_notes.tpl": `{{- define "notes" -}}` + string(text) + `{{- end -}}`,
		"notes.yaml": `notes: {{ include "notes" . | toJson }}`,
	} {
		if err := os.WriteFile(filepath.Join(templates, name), []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	printed, err := w.Run(ctx, "helm template istio-lightstep chart-of-notes -n istio-system -f values.yaml --show-only templates/notes.yaml "+
		"--set-file cacert.pem=Cert_Auth.crt "+flags, "")
	if err != nil {
		return "", err
	}
	var document struct{ Notes string }
	if err := yaml.Unmarshal([]byte(printed), &document); err != nil {
		return "", fmt.Errorf("notes: %w", err)
	}
	return document.Notes, nil
}
