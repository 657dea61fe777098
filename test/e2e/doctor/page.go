package doctor

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// PageFile is the page that results are written into, from the repository's
// root.
const PageFile = "docs/doctor.md"

//go:embed page.md.tmpl
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// Outputs are the files with what doctor printed for people, beside the results.
const (
	HealthyOutput = "doctor-healthy.txt"
	BrokenOutput  = "doctor-broken.txt"
)

// Page writes the page from the results in a folder. It is the same text for the
// same results.
func Page(folder string) (string, error) {
	results, err := Read(filepath.Join(folder, filepath.Base(File)))
	if err != nil {
		return "", err
	}
	data := struct {
		Results
		Branch                  string
		Requests, Failed        int
		First, Last             string // days
		Also                    []Row
		HealthyText, BrokenText string
		HealthyRan, Ran         []string
	}{Results: results}
	root := filepath.Join(folder, "..", "..", "..")
	var healthy, ran []measured.Result
	for _, h := range results.Healthy {
		today, err := measured.Known(root, h.Istio)
		if err != nil {
			return "", err
		}
		healthy = append(healthy, measured.Result{Name: h.Istio + " with " + string(h.Delivery) + " delivery", Setup: h.Setup, Today: &today})
	}
	for _, known := range settings.Known {
		if known.Version == results.Istio {
			data.Branch = known.Branch
		}
	}
	for _, row := range results.Rows {
		ran = append(ran, measured.Result{Name: row.Name, Setup: row.Setup})
		data.Requests += row.Requests
		data.Failed += row.Failed
		day, _, _ := strings.Cut(row.At, "T")
		if data.First == "" {
			data.First = day
		}
		data.First, data.Last = min(data.First, day), max(data.Last, day)
		if len(row.Also) > 0 {
			data.Also = append(data.Also, row)
		}
	}
	for name, into := range map[string]*string{HealthyOutput: &data.HealthyText, BrokenOutput: &data.BrokenText} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return "", err
		}
		*into = strings.TrimRight(string(text), "\n")
	}
	today, err := measured.Known(root, results.Istio)
	if err != nil {
		return "", err
	}
	data.HealthyRan = measured.Items(measured.Lines(healthy, today), 0)
	data.Ran = measured.Items(measured.Lines(ran, today), 0)
	var b strings.Builder
	if err := page.Execute(&b, data); err != nil {
		return "", err
	}
	return strings.TrimRight(b.String(), "\n") + "\n", nil
}
