package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/istio-lightstep/istio-lightstep/internal/problem"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// What can be wrong with the data files, for errors.Is.
var (
	ErrEmpty           = errors.New("no entries")
	ErrIncomplete      = errors.New("cut short")
	ErrUnknownOperator = errors.New("unknown operator")
	ErrUnknownKey      = errors.New("unknown key")
	ErrDuplicateID     = errors.New("duplicate id")
	ErrMalformed       = errors.New("malformed")
)

// LoadError is one fault in a data file of the chart. Load gives all of them,
// joined.
type LoadError struct {
	File  string // rules.json or dialects.json
	Entry string // id of the rule or minor of the dialect; its index where it has none
	Err   error  // wraps one of the errors above
}

func (e *LoadError) Error() string {
	if e.Entry == "" {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.File, e.Entry, e.Err)
}

func (e *LoadError) Unwrap() error { return e.Err }

// Rules are the chart's rules and dialects, compiled.
type Rules struct {
	rules      []rule
	conditions []condition // each distinct one once
	paths      []place     // each distinct one once
	public     redact.Public
	secrets    []string // paths
	dialects   []dialect
	defaults   []standard // a map before its keys
	queue      queueFacts
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

// Load reads rules.json and dialects.json. Its error joins a *LoadError for
// each fault found.
func Load(rulesJSON, dialectsJSON []byte) (*Rules, error) {
	r := &Rules{}
	dialects, queue, dialectErrs := loadDialects(dialectsJSON)
	r.dialects, r.queue = dialects, queue
	err := errors.Join(append(r.loadRules(rulesJSON), dialectErrs...)...)
	if err != nil {
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
	const file = "rules.json"
	top, entries, err := loadList(data, file, "rules", "public", "secrets", "defaults")
	if err != nil {
		return []error{err}
	}
	errs := r.loadDefaults(top["defaults"])
	secrets, _ := top["secrets"].([]any)
	public, _ := top["public"].([]any)
	r.public, err = redact.NewPublic(public)
	if err != nil {
		errs = append(errs, &LoadError{file, "public", fmt.Errorf("%w: %w", ErrMalformed, err)})
	}
	for _, s := range secrets {
		p, ok := s.(string)
		switch {
		case !ok || p == "":
			errs = append(errs, &LoadError{file, "secrets", fmt.Errorf("%w: %v is no path", ErrMalformed, s)})
		case r.public.Entry(redact.Segments(p)) != nil:
			errs = append(errs, &LoadError{file, "secrets", fmt.Errorf("%w: %s is public too", ErrMalformed, p)})
		}
		r.secrets = append(r.secrets, p)
	}
	c := compiler{rules: r, conditions: map[string]int{}, paths: map[string]int{}}
	seen := map[string]bool{}
	for i, entry := range entries {
		name := fmt.Sprintf("rule %d", i)
		if id, ok := entry["id"].(string); ok && id != "" {
			name = id
			if seen[id] {
				errs = append(errs, &LoadError{file, name, ErrDuplicateID})
			}
			seen[id] = true
		}
		c.errs = nil
		r.rules = append(r.rules, c.rule(entry))
		for _, err := range c.errs {
			errs = append(errs, &LoadError{file, name, err})
		}
	}
	return errs
}

// loadList reads an object that has "count", the list named and, beside it,
// only the keys given.
func loadList(data []byte, file, list string, others ...string) (top map[string]any, entries []map[string]any, err error) {
	if err := json.Unmarshal(data, &top); err != nil {
		return nil, nil, &LoadError{File: file, Err: fmt.Errorf("%w: %w", ErrMalformed, err)}
	}
	if err := knownKeys(top, append(others, list, "count")...); err != nil {
		return nil, nil, &LoadError{File: file, Err: err}
	}
	items, _ := top[list].([]any)
	if len(items) == 0 {
		return nil, nil, &LoadError{File: file, Err: ErrEmpty}
	}
	if count, _ := top["count"].(float64); int(count) != len(items) {
		return nil, nil, &LoadError{File: file, Err: fmt.Errorf("%w: count is %v, there are %d %s", ErrIncomplete, top["count"], len(items), list)}
	}
	for i, item := range items {
		entry, ok := item.(map[string]any)
		if !ok {
			return nil, nil, &LoadError{File: file, Entry: fmt.Sprintf("%s %d", list, i), Err: fmt.Errorf("%w: no map", ErrMalformed)}
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
