// Package schema holds values against the chart's values.schema.json, with the
// engine and the settings of Helm v3.22.0, and tells all violations at once as
// problems: where the value was given, what was meant, what to write instead.
//
// Helm compiles the schema at each render; here it is compiled once. What Helm
// refuses is refused here, and nothing else.
package schema
