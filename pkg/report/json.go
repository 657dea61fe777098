package report

import (
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
	encoded, err := terminal.JSON(v, prefix)
	if err != nil {
		return err
	}
	if *begun {
		opening = ",\n" + prefix
	}
	*begun = true
	_, err = w.Write(append([]byte(opening), encoded...))
	return err
}
