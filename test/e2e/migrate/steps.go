package migrate

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Step is one of a report's.
type Step struct {
	Number int
	Text   string
	Run    string // its commands, as they are printed; empty where it has none
}

var item = regexp.MustCompile(`^(\d+)\. (.*)$`)

// Steps reads the steps out of a printed report. The error says what is not as
// a report has it.
func Steps(report string) ([]Step, error) {
	_, list, found := strings.Cut(report, "\n## Steps")
	if !found {
		return nil, errors.New("the report has no steps")
	}
	var steps []Step
	fence := ""
	for _, line := range strings.Split(list, "\n")[1:] {
		if fence != "" {
			if line == fence+"```" {
				fence = ""
				continue
			}
			last := &steps[len(steps)-1]
			last.Run += strings.TrimPrefix(line, fence) + "\n"
			continue
		}
		if match := item.FindStringSubmatch(line); match != nil {
			steps = append(steps, Step{Number: len(steps) + 1, Text: match[2]})
			if match[1] != fmt.Sprint(len(steps)) {
				return nil, fmt.Errorf("step %s is the report's number %d", match[1], len(steps))
			}
			continue
		}
		before, opens := strings.CutSuffix(line, "```sh")
		switch {
		case opens && len(steps) > 0 && strings.TrimSpace(before) == "":
			fence = before
		case strings.HasPrefix(line, "```"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "## "), strings.HasPrefix(line, "written to "):
			return steps, nil // what stands behind the steps
		case line != "":
			return nil, fmt.Errorf("%q is no part of a step", line)
		}
	}
	if fence != "" {
		return nil, errors.New("a block of commands does not end")
	}
	return steps, nil
}
