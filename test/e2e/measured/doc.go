// Package measured says what a result was measured with: which commit, when, and which
// versions; and whether these are still those of the tree.
package measured
