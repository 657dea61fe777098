// Package values reads what a user hands to Helm, values files and the --set
// flags, into one map, exactly as Helm 3 decodes and merges it, and remembers
// where every value came from.
//
// What is wrong with the text itself (a key given twice, a second document, a
// file that expands without bound) is kept as problems. Where a value stands
// is found out only when it is asked for: a set of values without a problem
// costs little more than decoding it.
//
// Nothing here prints a value that a secret path holds: a flag is shown by its
// path alone, and a parser's own message only where it quotes nothing.
package values
