//go:build helm4

package charts_test

func init() { helmVariables = append(helmVariables, "HELM4") }
