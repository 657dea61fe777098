// Package finding is the catalogue of what doctor can find: for each a stable
// id, what is lost, why, how it looks and the command that mends it. The words
// that a finding shares with a rule of the chart are the rule's own.
package finding
