package faults

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/suite"
)

// PageFile is the page that results are written into, from the repository's
// root.
const PageFile = "docs/reliability.md"

//go:embed page.md.tmpl
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// section is the page's part about one delivery.
type section struct {
	Title, Text string
	Rows        []titled
	Whys, Told  []string
	// Missing are the titles of faults that were not run yet.
	Missing []string
}

// titled is a row with its fault's title.
type titled struct {
	Row
	Title string
}

const (
	aboutCollector = "The default. Proxies send to one of two collectors, and each keeps what it accepted on its volume until\n" +
		"the satellite has it. A collector serves its metrics on port 8888; the logs are those of its pod."
	aboutDirect = "`delivery: direct`. Proxies have no queue: spans that cannot be sent are lost, while pods stay ready and requests\n" +
		"succeed. `explain`, the NOTES of the installation and the rule LS-DIRECT-LOSES warn of it. If spans do not arrive,\n" +
		"`istio-lightstep doctor backend` looks for the cause. A new token needs `kubectl rollout restart` of istiod."
)

// Page writes the page from the results in a folder. It is the same text for the
// same results.
func Page(results string) (string, error) {
	latest := settings.Known[0]
	data := struct {
		Istio                  settings.Istio
		Rate                   int
		Usual, OnTheWay, Spans int
		// Partial of all Requests were answered in part.
		Partial, Requests int
		Deliveries        []section
		Load              load.Results
		Costs             []load.Cost
		Suites            []suite.Run
	}{
		Istio: latest, Rate: rate, Usual: int(usual.Seconds()), OnTheWay: int(onTheWay.Seconds()),
		Spans: len(bookinfo.Mesh{RouterSpan: latest.RouterSpan}.Parts(Reviews)),
	}
	for _, s := range []struct {
		delivery    Delivery
		title, text string
	}{{Collector, "Collector delivery", aboutCollector}, {Direct, "Direct delivery", aboutDirect}} {
		rows, err := Read(File(results, s.delivery))
		if err != nil {
			return "", err
		}
		for _, row := range rows {
			data.Partial += row.Partial
			data.Requests += row.Requests
		}
		one, err := newSection(s.delivery, rows)
		if err != nil {
			return "", err
		}
		one.Title, one.Text = s.title, s.text
		data.Deliveries = append(data.Deliveries, one)
	}
	var err error
	var minors []string
	for _, known := range settings.Known {
		minors = append(minors, known.Minor)
	}
	if data.Suites, err = suite.Read(results, minors); err != nil {
		return "", err
	}
	if data.Load, err = load.Read(filepath.Join(results, "load.json")); err != nil {
		return "", err
	}
	if data.Costs, err = load.ReadCosts(filepath.Join(results, "traffic.json")); err != nil {
		return "", err
	}
	var b strings.Builder
	if err := page.Execute(&b, data); err != nil {
		return "", err
	}
	return strings.TrimRight(b.String(), "\n") + "\n", nil
}

func newSection(delivery Delivery, rows []Row) (section, error) {
	var s section
	table := Table()
	for _, fault := range table {
		_, applies := fault.Bounds[delivery]
		if applies && !slices.ContainsFunc(rows, func(r Row) bool { return r.Fault == fault.ID }) {
			s.Missing = append(s.Missing, fault.Title)
		}
	}
	for _, row := range rows {
		i := slices.IndexFunc(table, func(f Fault) bool { return f.ID == row.Fault })
		if i < 0 {
			return s, fmt.Errorf("results have a fault %s, and the table has none: run all faults again", row.Fault)
		}
		s.Rows = append(s.Rows, titled{Row: row, Title: table[i].Title})
		if why := table[i].Bounds[row.Delivery].Why; row.Lost() > 0 {
			s.Whys = append(s.Whys, item(table[i].Title+": "+why+"."))
		}
		if len(row.Told) > 0 {
			s.Told = append(s.Told, item(table[i].Title+": "+told(row.Told)+"."))
		}
	}
	return s, nil
}

// width bounds the page's lines, in bytes.
const width = 120

// item breaks the text of a list's item into lines.
func item(text string) string {
	var lines []string
	line := "-"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width {
			lines, line = append(lines, line), " "
		}
		line += " " + word
	}
	return strings.TrimPrefix(strings.Join(append(lines, line), "\n"), "- ")
}

// told writes signs for a reader.
func told(signs []Sign) string {
	var parts []string
	for _, s := range signs {
		switch {
		case s.Metric != "":
			parts = append(parts, "`"+s.Metric+"` rises")
		case s.Restarted != "":
			parts = append(parts, "`restartCount` of container `"+s.Restarted+"` rises, which kube-state-metrics gives as `"+
				restartsMetric+"`")
		default:
			parts = append(parts, "log of `"+s.Container+"`: “"+s.Text+"”")
		}
	}
	return strings.Join(parts, "; ")
}
