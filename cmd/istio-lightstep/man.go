//go:build man

package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// buildCommands are those of this build: with the tag man it writes the man pages,
// for `make release`. No other build has the code for it.
func buildCommands() []*cobra.Command {
	return []*cobra.Command{{
		Use:    "man FOLDER",
		Short:  "Write man pages",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(command *cobra.Command, args []string) error { return writeManPages(command.Root(), args[0]) },
	}}
}

// writeManPages dates the pages by SOURCE_DATE_EPOCH.
func writeManPages(root *cobra.Command, folder string) error {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	date := time.Unix(seconds, 0).UTC()
	root.DisableAutoGenTag = true
	root.InitDefaultCompletionCmd()
	return doc.GenManTree(root, &doc.GenManHeader{
		Title: "ISTIO-LIGHTSTEP", Section: "1", Source: "istio-lightstep " + version(), Manual: "istio-lightstep", Date: &date,
	}, folder)
}
