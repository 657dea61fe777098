// Package report writes problems for people and for other tools: as text, JSON,
// JUnit XML, SARIF 2.1.0 and workflow commands of GitHub Actions.
//
// Make a [Writer] by [New], hand it the problems of each target by Target, and
// end the report by Close. A closed Writer returns [ErrClosed]. Targets are written one after the other and not
// kept, so thousands of them need no more memory than one. Only what a problem
// holds is written, and a problem never holds a secret. What other people wrote,
// such as the name of a key, cannot act on a terminal or on a CI system.
//
// The stability of this package is that of pkg/render.
package report
