// Package redact decides what of a user's values may be shown to people: in
// messages, reports, logs and terminals. A value is shown only where its path
// is public; even then what looks like a secret in it is masked, and what a
// terminal would act on is escaped.
//
// The chart's templates do the same ("istio-lightstep.shown" in _problems.tpl);
// the rules' tests hold the two together.
package redact
