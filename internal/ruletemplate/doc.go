// Package ruletemplate writes the rules of files/rules.yaml as a template that
// Helm runs, templates/_rules.tpl: an `if` for each rule, in blocks of those
// that look at the same thing and count in the same place.
//
// Nothing else knows what a condition means. `make generate` calls it, and the
// tests that break rules to see the corpus notice.
package ruletemplate
