package migrate

import "slices"

// kept is a file of the user's, once all steps are done.
type kept struct {
	Name          string // for a sentence
	Before, After string // for a shell; the latter is empty where nothing is left of it
	Installs      bool   // Istio is installed from it
}

// keptFiles notes what becomes of the files that were given, but for those of another program than
// the one that installs Istio. Those that Istio is installed from are the ones that another program
// reads, which the user has changed in their place by then.
func (e *edited) keptFiles(r *Result, o Options, d *stepData, installed []files) {
	written := r.documentNames()
	for i, in := range e.inputs {
		if in.Live || in.Name == "stdin" || in.Name == "" || in.Name[0] == '-' {
			continue
		}
		is := kept{Name: e.shortName(in), Before: quoted(in.Name)}
		if slices.Contains(d.Others, is.Name) {
			continue
		}
		installs := slices.ContainsFunc(installed, func(f files) bool { return f.Before == is.Before })
		merged := installs && d.Before == is.Before
		if written[i] == "" && !merged {
			is.Installs = installs
			d.Gone = append(d.Gone, is)
			continue
		}
		d.Left = append(d.Left, is.Before)
		switch is.After = quoted(o.dir()) + "/" + quoted(written[i]); {
		case merged:
			is.After = d.Ours
		case installs && (d.Wrapper.By != "" || d.Before != ""), !r.Documents[i].Changed():
			continue
		}
		d.Replaced = append(d.Replaced, is)
	}
	if d.AsksForFile() && d.Wrapper.By == "" {
		is := kept{Name: "your document", Before: `"$YOURS"`, After: `"$YOURS_WITHOUT"`}
		if d.Before != "" {
			is.After = d.Ours
		}
		d.Replaced, d.Left = append(d.Replaced, is), append(d.Left, is.Before)
	}
	if d.Wrapper.By == "" && d.Before == "" {
		d.Left = append(d.Left, d.Ours)
	}
	d.Left = append(d.Left, d.Values())
}

// Values are the chart's own from now on.
func (d stepData) Values() string { return d.ValuesFiles[len(d.ValuesFiles)-1] }

// InstalledFrom are the files that Istio is installed from, in their places; empty where none was given.
func (d stepData) InstalledFrom() []string {
	var names []string
	for _, f := range d.Files {
		if f.After != "" {
			names = append(names, f.Before)
		}
	}
	return names
}

// Beside tells whether the steps upgrade Istio by a revision beside the old one.
func (d stepData) Beside() bool {
	return d.Native && !d.InstallsOver || d.canUpgrade && !d.Stays
}
