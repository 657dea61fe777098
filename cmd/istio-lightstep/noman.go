//go:build !man

package main

import "github.com/spf13/cobra"

// buildCommands are those of builds with a tag; this one has none.
func buildCommands() []*cobra.Command { return nil }
