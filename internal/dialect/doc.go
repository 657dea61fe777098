// Package dialect is the one reader of files/dialects.json, the chart's table
// of what each Istio understands. The table is written in dialects.yaml, where
// its keys are described; `make generate` completes each row, so that a reader
// never meets one without a key.
package dialect
