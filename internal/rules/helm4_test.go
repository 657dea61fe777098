//go:build helm4

package rules_test

func init() { helmVariables = append(helmVariables, "HELM4") }
