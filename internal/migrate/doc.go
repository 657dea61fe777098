// Package migrate moves what people have configured for LightStep, in any form
// that an Istio of the last seven years took, to values of this chart.
//
// What stands where, and which value it becomes, is data: paths.yaml. Nothing
// here decides what is right for a version of Istio; the chart's dialects and
// rules do, and what they say about the outcome is part of the report.
//
// The access token leaves this package in Result.Secret alone. Reports and
// diffs never hold it.
package migrate
