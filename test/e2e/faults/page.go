package faults

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/alerts"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/backends"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
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
	// Ran says what the rows were measured with.
	Ran []string
	// Missing are the titles of faults that were not run yet.
	Missing []string
}

// tested is a run of the whole suite with what it ran with.
type tested struct {
	suite.Run
	Setups []string
}

// titled is a row with its fault's title, and what may be lost.
type titled struct {
	Row
	Title string
	Bound Bound
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
	root := filepath.Join(results, "..", "..", "..")
	today, err := measured.Today(root, latest, nil)
	if err != nil {
		return "", err
	}
	data := struct {
		Istio                            settings.Istio
		Rate                             int
		Usual, OnTheWay, Recovery, Spans int
		// Partial of all Requests were answered in part.
		Partial, Requests int
		Deliveries        []section
		Load              load.Results
		Sizes             []load.Size
		Costs             []load.Cost
		Suites            []tested
		// Items are the names of all that the suite has.
		Items             []string
		LoadRan, CostsRan []string
		Scaled, ScaledRan []string
		Backends          []severally
		Alerts            alerts.Run
		// SilentPanels found nothing in that run.
		SilentPanels, AlertsRan []string
	}{
		Istio: latest, Rate: rate, Usual: int(usual.Seconds()), OnTheWay: int(onTheWay.Seconds()), Recovery: int(recovery.Minutes()),
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
		one, err := newSection(s.delivery, rows, today)
		if err != nil {
			return "", err
		}
		one.Title, one.Text = s.title, s.text
		data.Deliveries = append(data.Deliveries, one)
	}
	if data.Items, err = suite.Names(root); err != nil {
		return "", err
	}
	if data.Suites, err = suites(results, root); err != nil {
		return "", err
	}
	if data.Backends, err = several(results, root); err != nil {
		return "", err
	}
	if data.Alerts, err = alerts.Read(results); err != nil {
		return "", err
	}
	for _, panel := range data.Alerts.Panels {
		if panel.Series == 0 {
			data.SilentPanels = append(data.SilentPanels, panel.Title)
		}
	}
	data.AlertsRan = measured.Items(data.Alerts.Ran(today), 0)
	if data.Load, err = load.Read(filepath.Join(results, "load.json")); err != nil {
		return "", err
	}
	if data.Costs, err = load.ReadCosts(filepath.Join(results, "traffic.json")); err != nil {
		return "", err
	}
	scaled, err := load.ReadScaled(filepath.Join(results, "scale.json"))
	if err != nil {
		return "", err
	}
	data.Scaled = measured.Items(scaled.Sentences(), 0)
	data.ScaledRan = measured.Items(measured.Lines([]measured.Result{{Setup: scaled.Setup}}, today), 0)
	data.Sizes = data.Load.Sizes(10, 100, 1000, 3000, 10000, 30000, 100000)
	data.LoadRan = measured.Items(measured.Lines([]measured.Result{{Setup: data.Load.Setup}}, today), 0)
	data.CostsRan = measured.Items(measured.Lines(costs(data.Costs), today), 0)
	var b strings.Builder
	if err := page.Execute(&b, data); err != nil {
		return "", err
	}
	return strings.TrimRight(b.String(), "\n") + "\n", nil
}

// suites are the runs of the whole suite, newest Istio first.
func suites(folder, root string) ([]tested, error) {
	var minors []string
	for _, known := range settings.Known {
		minors = append(minors, known.Minor)
	}
	runs, err := suite.Read(folder, minors)
	if err != nil {
		return nil, err
	}
	var all []tested
	for _, run := range runs {
		lines, err := run.Ran(root)
		if err != nil {
			return nil, err
		}
		all = append(all, tested{Run: run, Setups: measured.Items(lines, 2)})
	}
	return all, nil
}

// severally is a run with several backends, with what it ran with.
type severally struct {
	backends.Run
	Setups []string
}

// several are the runs with several backends.
func several(folder, root string) ([]severally, error) {
	runs, err := backends.Read(folder)
	if err != nil {
		return nil, err
	}
	var all []severally
	for _, run := range runs {
		today, err := measured.Known(root, run.Istio)
		if err != nil {
			return nil, err
		}
		all = append(all, severally{Run: run, Setups: measured.Items(measured.Lines([]measured.Result{{Setup: run.Setup}}, today), 0)})
	}
	return all, nil
}

// costs are results of what a collector costs.
func costs(of []load.Cost) []measured.Result {
	var all []measured.Result
	for _, cost := range of {
		all = append(all, measured.Result{Name: cost.Collector, Setup: cost.With})
	}
	return all
}

func newSection(delivery Delivery, rows []Row, today measured.Setup) (section, error) {
	var s section
	var ran []measured.Result
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
		s.Rows = append(s.Rows, titled{Row: row, Title: table[i].Title, Bound: table[i].Bounds[row.Delivery]})
		ran = append(ran, measured.Result{Name: table[i].Title, Setup: row.Setup})
		if why := table[i].Bounds[row.Delivery].Why; row.Lost() > 0 {
			s.Whys = append(s.Whys, measured.Item(table[i].Title+": "+why+"."))
		}
		if len(row.Told) > 0 {
			s.Told = append(s.Told, measured.Item(table[i].Title+": "+told(row.Told)+"."))
		}
	}
	s.Ran = measured.Items(measured.Lines(ran, today), 0)
	return s, nil
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
