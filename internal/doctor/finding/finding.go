package finding

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

//go:embed findings.yaml
var catalogue []byte

//go:embed examples.yaml
var examples []byte

// rulesFile holds the rules whose words are shared.
const rulesFile = "istio-lightstep/files/rules.json"

// ErrMalformed says that the catalogue itself is wrong.
var ErrMalformed = errors.New("malformed catalogue of findings")

// Kind is an entry of the catalogue.
type Kind struct {
	ID          string           `json:"id"`
	Area        string           `json:"area"`
	Severity    problem.Severity `json:"severity"`
	Title       string           `json:"title"`
	Lost        string           `json:"lost"`
	Reason      string           `json:"reason"` // {fact} is filled in
	Rule        string           `json:"rule"`   // of the chart, whose words are the reason or source
	Looks       string           `json:"looks"`
	Mend        string           `json:"mend"`   // the template of the command; see [NewCommand]
	Advice      string           `json:"advice"` // what to do where no command does it, or before the command
	Choice      string           `json:"choice"` // where it is somebody's choice, and then information alone
	Source      string           `json:"source"`
	ExplainedBy []string         `json:"explainedBy"`
	Alerts      []Alert          `json:"alerts"` // those of the chart whose runbook is the page

	// Example is what doctor says of the mesh of its tests; nil where nothing is
	// filled in, so that the texts say it themselves.
	Example *Example `json:"-"`
}

// Alert is what a page says to those whom an alert of the chart brings there, in
// Markdown.
type Alert struct {
	Name    string `json:"name"`
	Confirm string `json:"confirm"`
	Fix     string `json:"fix"`
}

// Example is a finding as it was told, with every fact filled in.
type Example struct {
	Lost   string `json:"lost"`
	Reason string `json:"reason"`
	Mend   string `json:"mend,omitempty"`
	Advice string `json:"advice,omitempty"`
}

// Finding is one thing wrong on a cluster.
type Finding struct {
	ID       string           `json:"id"`
	Severity problem.Severity `json:"severity"`
	Area     string           `json:"area"`
	Title    string           `json:"title"`
	Subject  string           `json:"subject"`           // NAMESPACE/NAME of what is wrong
	Backend  string           `json:"backend,omitempty"` // as the values call it, where it is about one
	Lost     string           `json:"lost"`
	Since    *time.Time       `json:"since,omitempty"` // as far as it is known
	Reason   string           `json:"reason"`
	Mend     string           `json:"mend"`             // the one command; empty where there is none
	Advice   string           `json:"advice,omitempty"` // what to do instead of it, or before it
	Page     string           `json:"page"`

	// Within is the one namespace that it concerns, which is not of those who run
	// the mesh; empty where it concerns the mesh.
	Within string `json:"-"`
	// IgnoredBy says what ignores it, such as --ignore.
	IgnoredBy string `json:"ignoredBy,omitempty"`
}

// Fix is what to do, on one line: the advice, the command or both.
func (f *Finding) Fix() string {
	if f.Advice != "" && f.Mend != "" {
		return f.Advice + ": " + f.Mend
	}
	return f.Advice + f.Mend
}

// Choose makes it information: somebody chose it.
func (f *Finding) Choose() { f.Severity = problem.SeverityInfo }

// Catalogue holds every kind, in the order in which a span travels.
type Catalogue struct {
	kinds []Kind
	byID  map[string]int
}

// Load reads the catalogue and the chart's rules.
func Load() (*Catalogue, error) {
	var file struct {
		Findings []Kind `json:"findings"`
	}
	if err := yaml.UnmarshalStrict(catalogue, &file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	rules, err := loadRules()
	if err != nil {
		return nil, err
	}
	c := &Catalogue{kinds: file.Findings, byID: map[string]int{}}
	for i := range c.kinds {
		k := &c.kinds[i]
		if _, twice := c.byID[k.ID]; twice {
			return nil, fmt.Errorf("%w: %s stands there twice", ErrMalformed, k.ID)
		}
		c.byID[k.ID] = i
		if err := checkTemplate(k.Mend); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrMalformed, k.ID, err)
		}
		if k.Rule == "" {
			continue
		}
		r, ok := rules[k.Rule]
		if !ok {
			return nil, fmt.Errorf("%w: %s: the chart has no rule %s", ErrMalformed, k.ID, k.Rule)
		}
		if k.Reason == "" {
			k.Reason = r.Reason
		}
		if k.Source == "" {
			k.Source = r.Source
		}
	}
	return c, c.exemplify()
}

// exemplify gives the kinds their examples.
func (c *Catalogue) exemplify() error {
	var all map[string]*Example
	if err := yaml.UnmarshalStrict(examples, &all); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	for id, example := range all {
		i, ok := c.byID[id]
		if !ok {
			return fmt.Errorf("%w: %s has an example and is no finding", ErrMalformed, id)
		}
		c.kinds[i].Example = example
	}
	return nil
}

type rule struct{ ID, Reason, Source string }

func loadRules() (map[string]rule, error) {
	data, err := charts.FS.ReadFile(rulesFile)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	var file struct{ Rules []rule }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	byID := map[string]rule{}
	for _, r := range file.Rules {
		byID[r.ID] = r
	}
	return byID, nil
}

// Kinds gives every kind. The caller must not change them.
func (c *Catalogue) Kinds() []Kind { return c.kinds }

// Kind finds a kind by its id.
func (c *Catalogue) Kind(id string) (Kind, bool) {
	i, ok := c.byID[id]
	if !ok {
		return Kind{}, false
	}
	return c.kinds[i], true
}

// PageOf is where a kind is documented, from the root of the repository.
func PageOf(id string) string { return "docs/findings/" + id + ".md" }

// Make makes a finding of a kind. A fact that is not given stays {fact}.
func (c *Catalogue) Make(id, subject string, since time.Time, facts Facts) Finding {
	k, ok := c.Kind(id)
	if !ok {
		k = Kind{ID: id, Severity: problem.SeverityError, Title: id}
	}
	f := Finding{
		ID: k.ID, Severity: k.Severity, Area: k.Area, Title: k.Title, Subject: said(subject),
		Lost: fill(k.Lost, facts), Reason: fill(k.Reason, facts), Advice: fill(k.Advice, facts), Page: PageOf(k.ID),
	}
	if backend, about := facts["backend"]; about {
		f.Backend = said(backend)
	}
	mend := NewCommand(k.Mend, facts)
	if f.Mend = mend.line; mend.refused != "" {
		f.Advice = mend.refused
	}
	if !since.IsZero() {
		since = since.UTC().Truncate(time.Second)
		f.Since = &since
	}
	return f
}

var placeholder = regexp.MustCompile(`\{[A-Za-z][A-Za-z0-9_.]*\}`)

// fill fills facts into a sentence.
func fill(text string, facts Facts) string {
	return placeholder.ReplaceAllStringFunc(text, func(at string) string {
		if fact, ok := facts[strings.Trim(at, "{}")]; ok {
			return said(fact)
		}
		return at
	})
}

// Unexplained leaves out the findings that are only the consequence of
// another. The order stays.
func (c *Catalogue) Unexplained(all []Finding) []Finding {
	var left []Finding
	for i, f := range all {
		k, _ := c.Kind(f.ID)
		if !explained(k, i, all) {
			left = append(left, f)
		}
	}
	return left
}

func explained(k Kind, at int, all []Finding) bool {
	for i, other := range all {
		if i == at || other.ID == k.ID || another(all[at].Backend, other.Backend) || other.Severity != problem.SeverityError {
			continue // a warning explains no loss
		}
		if other.Within != "" && other.Within != all[at].Within {
			continue // what a tenant does to itself explains no loss of others
		}
		for _, cause := range k.ExplainedBy {
			if other.ID == cause || strings.HasSuffix(cause, "-") && strings.HasPrefix(other.ID, cause) {
				return true
			}
		}
	}
	return false
}

// another tells whether two findings are about different backends.
func another(one, other string) bool { return one != "" && other != "" && one != other }

// Colour is that of a severity on a terminal.
func Colour(s problem.Severity) string {
	switch s {
	case problem.SeverityError:
		return terminal.Red
	case problem.SeverityWarning:
		return terminal.Yellow
	default:
		return terminal.Green
	}
}

// WriteText writes the finding for people. Ago says since when, and may be
// empty.
func (f *Finding) WriteText(t *terminal.Text, ago string) {
	t.Line("%s %s: %s  %s", t.In(Colour(f.Severity), string(f.Severity)+":"), t.In(terminal.Bold, f.Subject), f.Title, t.In(terminal.Faint, "["+f.ID+"]"))
	t.Line("    lost: %s%s", f.Lost, ago)
	t.Line("    why:  %s", f.Reason)
	if f.Advice != "" {
		t.Line("    fix:  %s", f.Advice)
	}
	if f.Mend != "" {
		t.Line("    run:  %s", f.Mend)
	}
	t.Line("    more: %s\n", f.Page)
}

// WriteFix writes what to do alone.
func (f *Finding) WriteFix(t *terminal.Text) {
	if f.Advice != "" {
		t.Line("%s  %s", t.In(terminal.Bold, "Fix:"), f.Advice)
	}
	if f.Mend != "" {
		t.Line("%s  %s", t.In(terminal.Bold, "Run:"), f.Mend)
	}
}

// Ignore parts findings into those that are told, and those that are ignored:
// by an id of the command line, or by what was noted before.
func Ignore(all []Finding, ids func(string) bool, by string) (told, ignored []Finding) {
	told = []Finding{}
	for _, f := range all {
		if f.IgnoredBy == "" && ids != nil && ids(f.ID) {
			f.IgnoredBy = by
		}
		if f.IgnoredBy == "" {
			told = append(told, f)
		} else {
			ignored = append(ignored, f)
		}
	}
	return told, ignored
}

// HasErrors tells whether any of the findings is an error.
func HasErrors(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Severity == problem.SeverityError })
}

// Problems gives findings as problems.
func Problems(lists ...[]Finding) []problem.Problem {
	problems := []problem.Problem{}
	for _, list := range lists {
		for i := range list {
			problems = append(problems, list[i].Problem())
		}
	}
	return problems
}

// Problem gives the finding in the form in which check tells its own, for the
// formats of other tools.
func (f *Finding) Problem() problem.Problem {
	return problem.Problem{
		ID: f.ID, Severity: f.Severity, Path: f.Subject, Reason: f.Title + ": " + f.Reason + " (lost: " + f.Lost + ")", Fix: f.Fix(),
		URL: pages.Of(f.Page), IgnoredBy: f.IgnoredBy,
	}
}
