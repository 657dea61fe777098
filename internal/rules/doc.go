// Package rules judges a set of values by the chart's templates: they make the
// subject, which is all that rules may ask about, and hold the rules against it
// (templates/_subject.tpl, templates/_rules.tpl). Nothing here knows a rule.
package rules
