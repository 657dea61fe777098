package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// What can be wrong with rules.json, for errors.Is.
var (
	ErrEmpty           = errors.New("no entries")
	ErrIncomplete      = errors.New("cut short")
	ErrUnknownOperator = errors.New("unknown operator")
	ErrUnknownKey      = errors.New("unknown key")
	ErrDuplicateID     = errors.New("duplicate id")
	ErrMalformed       = errors.New("malformed")
)

// LoadError is one fault in rules.json. Load gives all of them, joined.
type LoadError struct {
	Entry string // id of the rule; its index where it has none
	Err   error  // wraps one of the errors above
}

func (e *LoadError) Error() string {
	if e.Entry == "" {
		return fmt.Sprintf("rules.json: %v", e.Err)
	}
	return fmt.Sprintf("rules.json: %s: %v", e.Entry, e.Err)
}

func (e *LoadError) Unwrap() error { return e.Err }

// Rules are the chart's rules, compiled, with the dialects that they ask about.
type Rules struct {
	rules      []rule
	conditions []condition // each distinct one once
	paths      []place     // each distinct one once
	public     redact.Public
	secrets    []string // paths
	literals   literals
	dialects   *dialect.Table
	backends   backendFacts
	defaults   []standard // a map before its keys
	keys       exporterKeys
	types      types
	states     sync.Pool // of *state
}

// rule is one entry of rules.json.
type rule struct {
	id, path   string
	severity   problem.Severity
	each       []string // path of the list it looks at every item of
	conditions []int    // of when and if: indexes into Rules.conditions
	place      text     // the path, to be shown
	reason     text
	fix        text
}

// Load reads rules.json and backends.json. Its error joins a *LoadError for each
// fault found in the rules, and what is wrong with the backends.
func Load(rulesJSON []byte, dialects *dialect.Table, backendsJSON []byte) (*Rules, error) {
	r := &Rules{dialects: dialects}
	backends, errs := loadBackends(backendsJSON)
	r.backends = backends
	if err := errors.Join(append(r.loadRules(rulesJSON), errs...)...); err != nil {
		return nil, err
	}
	r.states.New = func() any {
		return &state{
			values:   make([]any, len(r.paths)),
			resolved: make([]bool, len(r.paths)),
			verdicts: make([]verdict, len(r.conditions)),
		}
	}
	return r, nil
}

func (r *Rules) loadRules(data []byte) []error {
	top, entries, err := loadList(data)
	if err != nil {
		return []error{err}
	}
	errs := r.loadDefaults(top["defaults"])
	if err := r.loadTypes(top["types"]); err != nil {
		errs = append(errs, err)
	}
	if r.keys, err = newExporterKeys(top["exporterKeys"]); err != nil {
		errs = append(errs, &LoadError{"exporterKeys", err})
	}
	secrets, _ := top["secrets"].([]any)
	public, _ := top["public"].([]any)
	r.public, err = redact.NewPublic(public)
	if err != nil {
		errs = append(errs, &LoadError{"public", fmt.Errorf("%w: %w", ErrMalformed, err)})
	}
	for _, s := range secrets {
		p, ok := s.(string)
		switch {
		case !ok || p == "":
			errs = append(errs, &LoadError{"secrets", fmt.Errorf("%w: %v is no path", ErrMalformed, s)})
		case r.public.Entry(redact.Segments(p)) != nil:
			errs = append(errs, &LoadError{"secrets", fmt.Errorf("%w: %s is public too", ErrMalformed, p)})
		}
		r.secrets = append(r.secrets, p)
		r.public.Hide(p)
	}
	if r.literals, err = loadLiterals(top["literals"]); err != nil {
		errs = append(errs, &LoadError{"literals", err})
	}
	c := compiler{rules: r, conditions: map[string]int{}, paths: map[string]int{}}
	seen := map[string]bool{}
	for i, entry := range entries {
		name := fmt.Sprintf("rule %d", i)
		if id, ok := entry["id"].(string); ok && id != "" {
			name = id
			if seen[id] {
				errs = append(errs, &LoadError{name, ErrDuplicateID})
			}
			seen[id] = true
		}
		c.errs = nil
		r.rules = append(r.rules, c.rule(entry))
		for _, err := range c.errs {
			errs = append(errs, &LoadError{name, err})
		}
	}
	return errs
}

// loadList reads the file's keys, and the list of rules.
func loadList(data []byte) (top map[string]any, entries []map[string]any, err error) {
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, nil, &LoadError{Err: fmt.Errorf("%w: %w", ErrMalformed, err)}
	}
	if err := knownKeys(top, "rules", "public", "secrets", "literals", "exporterKeys", "defaults", "types", "count"); err != nil {
		return nil, nil, &LoadError{Err: err}
	}
	items, _ := top["rules"].([]any)
	if len(items) == 0 {
		return nil, nil, &LoadError{Err: ErrEmpty}
	}
	if count, _ := top["count"].(float64); int(count) != len(items) {
		return nil, nil, &LoadError{Err: fmt.Errorf("%w: count is %v, there are %d rules", ErrIncomplete, top["count"], len(items))}
	}
	for i, item := range items {
		entry, ok := item.(map[string]any)
		if !ok {
			return nil, nil, &LoadError{Entry: fmt.Sprintf("rules %d", i), Err: fmt.Errorf("%w: no map", ErrMalformed)}
		}
		entries = append(entries, entry)
	}
	return top, entries, nil
}

func knownKeys(m map[string]any, known ...string) error {
	var errs []error
next:
	for _, key := range sortedKeys(m) {
		for _, k := range known {
			if key == k {
				continue next
			}
		}
		errs = append(errs, fmt.Errorf("%w %q", ErrUnknownKey, key))
	}
	return errors.Join(errs...)
}
