package rules

import (
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// verdict is what is known of a condition on the subject at hand.
type verdict uint8

const (
	unknown verdict = iota
	holds
	fails
)

// state is what one evaluation has worked out so far. It is used again by
// later ones, as making it costs more than an evaluation.
type state struct {
	subject  map[string]any
	hidden   redact.Hidden
	item     any
	values   []any // by path; not for paths of an item
	resolved []bool
	verdicts []verdict // by condition; not for conditions of an item
}

// Evaluate gives what is wrong with the subject: errors first, then in the
// order of rules.json and of the items a rule looks at. It is nil where all
// is well. The subject must come from Subject.
func (r *Rules) Evaluate(subject Subject) []problem.Problem {
	s := r.states.Get().(*state)
	s.subject, s.hidden = subject, r.public.Hidden(subject)
	var found []problem.Problem
	for i := range r.rules {
		found = r.judge(s, &r.rules[i], found)
	}
	s.subject, s.hidden, s.item = nil, nil, nil
	clear(s.values)
	clear(s.resolved)
	clear(s.verdicts)
	r.states.Put(s)
	problem.Sort(found)
	return found
}

// judge adds what the rule finds.
func (r *Rules) judge(s *state, rule *rule, found []problem.Problem) []problem.Problem {
	if rule.each == nil {
		if r.fires(s, rule) {
			found = append(found, r.problem(s, rule, 0))
		}
		return found
	}
	items, _ := at(s.subject, rule.each).([]any)
	for i, item := range items {
		s.item = item
		if r.fires(s, rule) {
			found = append(found, r.problem(s, rule, i))
		}
	}
	return found
}

func (r *Rules) fires(s *state, rule *rule) bool {
	for _, c := range rule.conditions {
		if !r.holds(s, c) {
			return false
		}
	}
	return true
}

func (r *Rules) holds(s *state, index int) bool {
	if v := s.verdicts[index]; v != unknown {
		return v == holds
	}
	c := &r.conditions[index]
	var held bool
	switch c.join {
	case "all":
		held = true
		for _, child := range c.children {
			if !r.holds(s, child) {
				held = false
				break
			}
		}
	case "any":
		for _, child := range c.children {
			if r.holds(s, child) {
				held = true
				break
			}
		}
	case "not":
		held = !r.holds(s, c.children[0])
	default:
		operand := c.operand
		if c.ref >= 0 {
			operand = r.value(s, c.ref)
		}
		held = c.operator.holds(r.value(s, c.path), operand)
	}
	if !c.item {
		s.verdicts[index] = fails
		if held {
			s.verdicts[index] = holds
		}
	}
	return held
}

// value gives what the subject, or the item, holds at a path.
func (r *Rules) value(s *state, index int) any {
	p := &r.paths[index]
	if p.item {
		return at(s.item, p.segments[1:])
	}
	if !s.resolved[index] {
		s.resolved[index] = true
		s.values[index] = at(s.subject, p.segments)
	}
	return s.values[index]
}

// at follows a path; nil where it leads nowhere.
func at(v any, segments []string) any {
	for _, segment := range segments {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[segment]
	}
	return v
}

func (r *Rules) problem(s *state, rule *rule, index int) problem.Problem {
	return problem.Problem{
		ID:       rule.id,
		Severity: rule.severity,
		Path:     strings.ReplaceAll(rule.place.write(s, index), "[]", "["+strconv.Itoa(index)+"]"),
		Reason:   rule.reason.write(s, index),
		Fix:      rule.fix.write(s, index),
	}
}
