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
// what a warm render of examples/istio-1.26 takes without it (it has 16,400
// allocations with all of it), and what holds it to Helm. What saved less than
// 5 % is Helm's again: kept verdicts on hooks, kept text of includes, a copy in
// place of fromJson (toJson), and deepEqual and has without reflection. What no
// chart of ours uses is not there: the actions template, break and continue, print,
// a range over a number or a channel, methods but those of files and API versions.
//
//	part                              lines  without it: time, allocations  test
//	templates parsed and run once       897  x 3, as by Helm                TestProgramsAsHelm, TestChartAsHelm,
//	  (calls, compile, execute,                                             TestJudgementAsHelm, FuzzJudgement
//	  expressions)
//	  of that, functions called          80  x 2, x 4.3                     the same
//	  without reflection (adapt)
//	  and lists of literals made         25  -, + 8 %                       the same
//	  once (constantList)
//	expressions and versions compiled    50  x 3.4, x 5.5                   TestProgramsAsHelm
//	  once (remember)
//	documents cut, sorted by kind       140  x 2.4, x 2.1                   TestArrangeAsHelm, FuzzArrange
//	  without decoding (documents.go)
//	values coalesced                     45  + 9 %, + 19 %                  TestCoalesce, FuzzCoalesce
//	toYaml                               55  + 9 %, + 10 %                  TestToYAMLAsHelm, FuzzToYAML
//
// For that, two things are asked of a chart: it changes what it is given by set
// and unset alone, and a template may have no construct that [Load] does not
// know: it tells which.
//
// A [Chart] never changes after [Load], so it may be used by any number of
// goroutines at once.
package helmengine
