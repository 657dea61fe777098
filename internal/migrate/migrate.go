package migrate

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Source is one thing people have: a file of YAML or JSON, or a command line.
type Source struct {
	Name string // what reports call it, such as the name of the file
	Data []byte
	Live bool // it was read from a cluster: nobody installs anything from it
}

// Options say where to.
type Options struct {
	To  string // version of Istio, such as 1.26 or 1.26.2
	Dir string // folder that Write will write to, for the steps to name; default DefaultDir

	// Unseen is what of a cluster could not be looked at, and why. The result may
	// lack what is there.
	Unseen []string
	// Helm says that Istio was installed by Helm, where no source tells.
	Helm bool
}

// Result is what sources come to. It holds secrets; Report and Diff do not.
type Result struct {
	Values      []byte            // values.yaml, without the access token
	Secret      []byte            // secret.yaml: the Secret with the access token; nil where none was found
	TokenValues []byte            // on a native target instead of Secret: values with the token alone
	Documents   []Document        // the sources, without what is LightStep's
	Findings    []Finding         // what became of each setting, in the order of the sources
	Steps       []Step            // what to do, in the order that loses no span
	Problems    []problem.Problem // what the chart's rules say about the values and the documents
	Found       bool              // anything of LightStep was found
	Unused      bool              // and nothing of it is in use: there are no values

	to       target
	secrets  []string
	replacer *strings.Replacer // of the secrets
	public   *publicWords
}

// String tells how much there is, and nothing of it.
func (r Result) String() string {
	return fmt.Sprintf("a migration of %d documents with %d findings", len(r.Documents), len(r.Findings))
}

// Format prints [Result.String], whatever the verb.
func (r Result) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue gives a log [Result.String].
func (r Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText gives JSON and others [Result.String].
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Document is a source before and after.
type Document struct {
	Name          string
	Before, After []byte

	live, command bool
}

// Format prints the name, whatever the verb: the text may hold secrets.
func (d Document) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.Name) }

// Changed tells whether anything was taken out.
func (d Document) Changed() bool { return string(d.Before) != string(d.After) }

// Outcome says what became of a setting.
type Outcome string

// The outcomes.
const (
	Moved   Outcome = "moved"   // it became a value of this chart
	Dropped Outcome = "dropped" // it was taken out and became none
	Left    Outcome = "left"    // it was not understood, or could not be edited, and is where it was
	ByHand  Outcome = "by hand" // there is something to do
	Rotate  Outcome = "rotate"  // a secret stood in clear
	Volume  Outcome = "volume"  // there will be more spans than before

	// These are about a whole document, of which nothing else is known.
	Unread   Outcome = "unread"   // it could not be read
	Template Outcome = "template" // it is a template, of which only what it renders can be read
)

// Finding is what became of one setting. It holds no secret.
type Finding struct {
	Outcome Outcome `json:"outcome"`
	File    string  `json:"file,omitempty"`
	Line    int     `json:"line,omitempty"`   // from 1; 0 is unknown
	Column  int     `json:"column,omitempty"` // from 1; 0 is unknown
	Path    string  `json:"path,omitempty"`   // where it stood
	To      string  `json:"to,omitempty"`     // the value it became
	Text    string  `json:"text,omitempty"`   // what, and why
}

// Migrate reads the sources, later ones the stronger, and moves what they hold
// of LightStep to values for a version of Istio.
//
// What is wrong with a source is a finding, or a problem in Result.Problems,
// and not an error. The error tells that the version is none the chart knows
// (a *render.ProblemsError), or that the context was done.
func Migrate(ctx context.Context, sources []Source, o Options) (*Result, error) {
	known, err := loadTable()
	if err != nil {
		return nil, err
	}
	to, err := newTarget(ctx, o.To)
	if err != nil {
		return nil, err
	}
	public, err := loadPublic()
	if err != nil {
		return nil, err
	}
	m := &migration{
		public: public, blind: len(o.Unseen) > 0,
		table: known, to: to, dir: cmp.Or(o.Dir, DefaultDir), helm: o.Helm, result: &Result{to: to, public: public},
		taken: map[string]bool{}, gateways: map[string]bool{}, unused: map[string]string{}, narrow: map[*input]bool{}, routed: map[*document]bool{}, mixed: map[*yaml.Node]bool{},
		strongest: map[string]int{}, goneOf: map[*yaml.Node]int{}, kept: map[*yaml.Node]bool{},
		behind: map[destination][]string{}, told: map[*yaml.Node]bool{}, knownAt: map[*yaml.Node]bool{}, inner: map[*yaml.Node]*yamlfile.File{},
	}
	for i, source := range sources {
		m.read(i, source)
	}
	m.mark()
	switch {
	case m.lightstep:
		m.result.Found = true
		m.collect()
	case m.leftover:
		m.result.Found, m.result.Unused = true, true
		m.takeProviders()
	}
	m.leftovers()
	m.write()
	m.sweep()
	switch {
	case m.lightstep:
		err = m.settle(ctx)
	case m.leftover:
		err = m.steps(map[string]any{})
	}
	if err != nil {
		return nil, err
	}
	m.tellStays()
	for _, what := range o.Unseen {
		m.result.Findings = append(m.result.Findings, Finding{Outcome: ByHand, Text: "could not look at " + what + ": what is there is not taken into account"})
	}
	m.result.sort(sources)
	m.result.replacer = redacting(m.result.secrets)
	return m.result, nil
}

// migration is one run.
type migration struct {
	table      *table
	public     *publicWords
	to         target
	result     *Result
	inputs     []*input
	documents  []*document
	providers  []*provider
	collectors []collectorConfig // those that export to LightStep, and that the mesh sends to

	allCollectors []collectorConfig
	narrowUses    []narrowUse
	fromSecrets   map[string][]secretVariable // made when first asked for
	facts         []fact
	strongest     map[string]int // of the facts about each value, as far as they are ranked
	ranked        int
	lightstep     bool            // something marks LightStep
	leftover      bool            // all that is LightStep's is a provider that nothing uses
	partial       bool            // the mesh itself sends to another backend, or none
	workloads     bool            // only workloads' own configurations send to LightStep
	usage         usage           // of providers, by Telemetries and defaultProviders
	native        bool            // the proxies' own tracer is configured
	provider      string          // what kind of extension provider is configured: lightstep, direct, collector or ours
	taken         map[string]bool // names of extension providers that were taken out
	dir           string          // that the steps name
	helm          bool            // Istio was installed by Helm
	narrow        map[*input]bool // files that hold Telemetries for less than the mesh which were changed

	defaultProvider string // that was taken out of defaultProviders

	telemetries []object // mesh-wide Telemetries that go
	narrowGone  []object // others that go
	routes      []object // what led to the old provider, and goes

	told    map[*yaml.Node]bool           // keys and items that a finding names which leaves them where they are
	knownAt map[*yaml.Node]bool           // keys and items that a value is made of
	inner   map[*yaml.Node]*yamlfile.File // by text, the file in it that was read
	routed  map[*document]bool            // ServiceEntries and DestinationRules that were dealt with
	goneOf  map[*yaml.Node]int            // of a list, how many of its items go by rows
	kept    map[*yaml.Node]bool           // lists whose other items the values have
	environ map[string][]variableSite     // istiod's variables by name; made when first asked for
	mixed   map[*yaml.Node]bool           // what is LightStep's and somebody else's too
	behind  map[destination][]string      // ConfigMaps, of the destinations that were asked for
	routing *routing                      // made when first asked for
	needing *needing                      // the same
	ports   map[string]map[string]bool    // by host, what LightStep's providers send to

	variableUsers map[string]string // by the name of a variable of istiod's, a provider that stays and uses it; made when first asked for
	mountUsed     *string           // what reads files from where the CA is mounted; the same

	unreadTexts []namedText // what could not be read
	blind       bool        // not all of a cluster could be looked at

	gateways  map[string]bool   // gateways that mount the CA
	collector string            // name of the collector that a provider sends to
	token     string            // the access token, where one was found
	unused    map[string]string // values that were found and left out, and why
}

// namedText is a text of a source, by the source's name.
type namedText struct{ name, text string }

// fact is one setting that was found.
type fact struct {
	value string // the value of this chart
	is    any
	rank  int
	order int // of the source
	at    Finding
	keep  bool // it stays where it is
	own   bool // it is one workload's, and the mesh has its own
}
