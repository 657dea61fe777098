// Package doctor finds out, from a snapshot of a mesh, where spans are lost on
// their way from the workload to the satellite, and since when, why, and by
// which command it is mended. What can be found is in package finding.
package doctor
