// Package report writes problems for people and for the tools that read them:
// text, JSON, JUnit XML, SARIF 2.1.0 and the workflow commands of GitHub
// Actions.
//
// Targets are written one after the other and not kept, so that thousands of
// them need no more memory than one. Only what a problem holds is written, and
// a problem never holds a secret.
package report
