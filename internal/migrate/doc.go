// Package migrate moves what people have configured for LightStep, in any form
// that an Istio of the last seven years accepted, to values of this chart.
//
// It works in steps. Each is a function from one value to the next, and what a
// step has made is not changed by a later one; the files are named after them:
//
//	parse_*   sources → parsed: documents, and where in each the settings stand
//	fact_*    parsed → facts: what is configured, where, and who else may use it
//	decide_*  facts → decisions: what becomes of each, with the reason, and the values
//	edit*     decisions → edited: the sources without what goes
//	report*   edited → Result: findings, the last sweep, the rules' verdict, the diff
//	steps*    and what to do, in the order that loses no span
//
// live*.go reads sources from a cluster, by internal/mesh; recorded clusters are
// read in the same way. ledger.go is what the steps write decisions into.
//
// Where a setting stands, and which value it becomes, is data: paths.yaml. Nothing
// here decides what is right for a version of Istio; the chart's dialects and
// rules do, and what they report about the outcome is part of the report.
//
// The access token leaves this package in Result.Secret and Result.TokenValues
// alone. Reports and diffs never hold it.
package migrate
