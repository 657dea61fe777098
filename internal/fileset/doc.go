// Package fileset writes files to a folder so that all of them are there in the
// end, or none and what was there before.
package fileset
