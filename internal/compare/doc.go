// Package compare tells whether two or more backends of a release took the
// same spans for a while, by what its collectors count: what each exporter
// sent, gave up and has queued.
//
// Every span that a collector accepts goes into the queue of each exporter, and
// leaves it as sent or as given up. So two backends took the same where neither
// gave anything up, no queue holds more at the end than what is on its way, and
// the sums agree.
package compare
