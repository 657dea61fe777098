// Package doctor breaks a healthy mesh in one way after the other, and sees
// whether `istio-lightstep doctor mesh` names that cause and no other, whether the
// command that it prints mends it, and whether spans arrive again.
//
// The ways are data, in the catalogue of internal/doctor/testdata; what was seen
// is kept in a file of results, and docs/doctor.md has its table from there
// alone.
package doctor
