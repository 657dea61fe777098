package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// jsonWriter writes one list of all problems.
type jsonWriter struct {
	w     io.Writer
	begun bool
}

// Target writes the problems of a target.
func (j *jsonWriter) Target(_ string, problems []problem.Problem) error {
	for _, p := range problems {
		if err := element(j.w, &j.begun, "[\n  ", p, "  "); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the report.
func (j *jsonWriter) Close() error {
	end := "\n]\n"
	if !j.begun {
		end = "[]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}

// element writes one element of a list: opening before the first, a comma
// before the others.
func element(w io.Writer, begun *bool, opening string, v any, prefix string) error {
	var text bytes.Buffer
	if *begun {
		text.WriteString(",\n" + prefix)
	} else {
		text.WriteString(opening)
	}
	*begun = true
	encoded, err := encodeJSON(v, prefix)
	if err != nil {
		return err
	}
	text.Write(encoded)
	_, err = w.Write(text.Bytes())
	return err
}

// encodeJSON writes JSON for people to read too, `<` and `>` as they are; what
// a terminal would act on is an escape of JSON's, so that nothing is lost.
func encodeJSON(v any, prefix string) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent(prefix, "  ")
	err := encoder.Encode(v)
	return terminal.SafeJSON(bytes.TrimSuffix(text.Bytes(), []byte("\n"))), err
}
