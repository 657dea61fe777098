// Package rules judges a set of values by the chart's rules, which are data:
// files/rules.json says what is wrong with values. What each Istio understands
// is in package dialect.
//
// The chart's templates evaluate the same rules for users of plain Helm
// (templates/_subject.tpl and templates/_problems.tpl). Both must give the
// same problems, word for word: test/corpus and FuzzEvaluators hold them
// together. A change of meaning here is a change there.
//
// Load compiles the rules once; a Rules is then safe for concurrent use.
package rules
