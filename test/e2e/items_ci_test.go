//go:build e2e && !all

package e2e_test

// items are those of every run of CI.
var items = quickItems

// whole says that these are the items of the whole suite.
const whole = false
