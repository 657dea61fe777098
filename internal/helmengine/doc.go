// Package helmengine renders one Helm chart in process, as `helm template` of
// Helm v3.22.0 does, byte for byte. It is the only package that imports Helm,
// and no Helm type leaves it.
//
// What differs from the `helm` command is only what a library must not do:
// nothing is read from the environment, the network or a cluster, and values
// are not checked against the chart's schema, which the caller does with a
// schema compiled once.
//
// Loading the chart, --set, the install order and the verdict on hooks are
// Helm's own code. What is done here in its place is in this table: its lines,
// what it saves of a warm render (0.92 ms and 7,212 allocations with all of it,
// the shortest of 1,500 renders of examples/istio-1.26), and what holds it to
// Helm.
//
//	part                              lines  without it          test
//	templates parsed and run once       967  x 3, as by Helm     TestProgramsAsHelm, TestChartAsHelm,
//	  (adapt, builtins, calls,                                   TestJudgementAsHelm, FuzzJudgement
//	  compile, execute, expressions)
//	  of that, functions called           50  + 70 %, 2.4 x       the same
//	  without reflection (adapt)              the allocations
//	expressions and versions compiled    40  + 150 %, 3.7 x      TestProgramsAsHelm
//	  once (remember)                         the allocations
//	documents cut, sorted by kind        190  + 140 %, 2.1 x      TestArrangeAsHelm, FuzzArrange
//	  without decoding (documents.go)         the allocations
//	Helm's verdict on a hook kept         50  + 10 %              TestArrangeHooks, TestVerdicts
//	values coalesced                     45  + 9 %, 1.2 x        TestCoalesce, FuzzCoalesce
//	toYaml                               50  + 8 %, 1.07 x       TestToYAMLAsHelm, FuzzToYAML
//	included text of the root kept       40  + 5 %, 1.12 x       TestIncludesAgainAsHelm
//
// For that, three things are asked of a chart: it changes values by set and
// unset alone, calls .Template by that name where it does, and has no partial
// that prints all of its root at once. And a template may have no construct that
// [Load] does not know: it tells which.
//
// A [Chart] never changes after [Load], so it may be used by any number of
// goroutines at once.
package helmengine
