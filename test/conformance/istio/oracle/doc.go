// Package oracle is the part that the oracle programs of all Istio minors share.
//
// An oracle answers one question: what does this very release of Istio say to
// this input? Each minor has a module of its own with a small main package,
// which binds Istio's own decoder, merge and validation to [Main]. Nothing in
// here knows a rule of Istio.
//
// A program has three commands, all reading standard input:
//
//	oracle meshcheck   mesh config documents, "ok" or the refusal
//	oracle meshmerge   the same, and after "ok" the mesh config istiod would use
//	oracle lightstep   a JSON line per LightStep collector, an answer line each
//
// Istio only logs some refusals, such as that of an extension provider. Its log
// goes to standard output too and comes before the "ok": an answer that does
// not start with "ok" carries a warning.
//
// The exit status is 0 when Istio accepts (for lightstep: when all lines were
// answered), 1 when it refuses, 2 for a wrong call or unreadable input.
package oracle
