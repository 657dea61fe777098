package migrate

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"text/template"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

var (
	//go:embed steps.yaml
	stepsYAML []byte
	//go:embed commands.tmpl
	commandsText string
)

// Step is one thing to do after the migration.
type Step struct {
	Text string `json:"text"`          // what, and why now
	Run  string `json:"run,omitempty"` // its commands, for one shell with those of the steps before
}

// route is a way from one configuration to another.
type route struct {
	From []string      `json:"from"`
	To   []string      `json:"to"`
	By   []string      `json:"by"` // what installs Istio: empty is istioctl or Helm
	Do   []plannedStep `json:"do"`
}

// plannedStep is a step as templates.
type plannedStep struct {
	Step
	Define string `json:"define"` // what the steps after it use too: variables and functions
}

// steps writes the steps of the first route that fits.
func (e *edited) steps(r *Result, o Options) error {
	var file struct {
		Steps   []route       `json:"steps"`
		Backend []plannedStep `json:"backend"`
		Last    []plannedStep `json:"last"`
	}
	if err := yaml.UnmarshalStrict(stepsYAML, &file); err != nil {
		return fmt.Errorf("steps.yaml: %w", err)
	}
	from, to, data := e.from(), e.kindOfTarget(), e.stepData(r, o)
	for _, way := range file.Steps {
		if slices.Contains(way.From, from) && slices.Contains(way.To, to) && (len(way.By) == 0 || slices.Contains(way.By, data.Wrapper.By)) {
			if data.Backend != "" && from != "unused" {
				way.Do = append(way.Do, file.Backend...)
			}
			if from != "unused" {
				way.Do = append(way.Do, file.Last...)
			}
			return r.writeSteps(way.Do, data)
		}
	}
	return fmt.Errorf("steps.yaml: there is no way from %s to %s", from, to)
}

// from tells how spans were sent.
func (e *edited) from() string {
	if e.leftover {
		return "unused"
	}
	switch e.plan.kind {
	case "lightstep":
		return "provider"
	case "":
		if !e.native && len(e.toLightStep) > 0 {
			return "collector"
		}
		return "native"
	}
	return e.plan.kind
}

func (e *edited) kindOfTarget() string {
	switch {
	case e.to.native():
		return "native"
	case e.to.old():
		return "old"
	}
	return e.to.row.Receiver
}

func (r *Result) writeSteps(steps []plannedStep, data stepData) error {
	for i, step := range steps {
		written := make([]string, 3)
		for j, text := range []string{step.Text, step.Run, step.Define} {
			var err error
			if written[j], err = fill(text, data); err != nil {
				return fmt.Errorf("steps.yaml: step %d: %w", i+1, err)
			}
		}
		if text, run, define := written[0], written[1], written[2]; text != "" {
			r.Steps = append(r.Steps, Step{Text: text, Run: strings.TrimSpace(define + "\n" + whole(run))})
		}
	}
	return nil
}

// whole has commands end at the first that fails, by a shell of their own: the one
// that they are pasted into stays open.
func whole(run string) string {
	if !strings.Contains(run, "\n") {
		return run
	}
	return "(\nset -eo pipefail\n" + run + "\n)"
}

// commands reads commands.tmpl.
var commands = sync.OnceValues(func() (*template.Template, error) {
	return template.New("commands.tmpl").Funcs(template.FuncMap{
		"join": strings.Join, "name": asName, "safe": terminal.Safe, "pattern": regexp.QuoteMeta,
	}).Parse(commandsText)
})

func fill(text string, data stepData) (string, error) {
	shared, err := commands()
	if err != nil {
		return "", err
	}
	step, err := shared.Clone()
	if err != nil {
		return "", err
	}
	if step, err = step.New("step").Parse(text); err != nil {
		return "", err
	}
	var out strings.Builder
	if err := step.Execute(&out, data); err != nil {
		return "", err
	}
	return strings.TrimSpace(out.String()), nil
}
