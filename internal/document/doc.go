// Package document reads and edits the user's own control-plane document: an
// IstioControlPlane (Istio 1.4), an IstioOperator, a Sail Istio, or the values
// of an Istio chart, which have no kind.
//
// Merge writes our rendered document into the user's, by changing the text of
// the user's file only where ours says something else: comments, key order,
// blank lines, quotes and line ends stay as they are. Normalise brings any of
// those documents to one form for the rules, and keeps the positions.
//
// Nothing here knows what a setting means. What is refused is told as *Error,
// with the line of the user's file, and never with a value from it.
package document
