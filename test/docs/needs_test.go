package docs

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onRunners are commands of GitHub's image ubuntu-24.04, with the Go that each job sets up.
var onRunners = []string{"chromium", "docker", "gcc", "git", "go", "jq", "mvn", "node", "npm", "python3", "sha256sum"}

var (
	target = regexp.MustCompile(`^([a-z0-9-]+):`)
	needed = regexp.MustCompile(`\$\(call need,(.*)\)`)
	// A reference to a variable, and the functions if and filter: what is left are commands.
	notCommand = regexp.MustCompile(`\$\([A-Z0-9_]+\)|\$\(if|\$\(filter [a-z]+|[(),]`)
	makes      = regexp.MustCompile(`\bmake ([^\n]*)`)
	installs   = regexp.MustCompile(`NEEDS="([^"]*)"`)
)

// needs are the commands that each target of the Makefile asks for.
func needs(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(root + "/Makefile")
	require.NoError(t, err)
	all, now := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		if found := target.FindStringSubmatch(line); found != nil {
			now = found[1]
		}
		if found := needed.FindStringSubmatch(line); found != nil {
			all[now] = append(all[now], strings.Fields(notCommand.ReplaceAllString(found[1], " "))...)
		}
	}
	require.Equal(t, []string{"promtool", "prometheus"}, all["conformance"])
	require.Equal(t, []string{"go", "docker", "chromium", "node", "npm"}, all["e2e"])
	return all
}

// TestNeedsInstallsWhatTargetsCall: there is one list of packages.
func TestNeedsInstallsWhatTargetsCall(t *testing.T) {
	script, err := os.ReadFile(root + "/test/tools/needs")
	require.NoError(t, err)
	for target, commands := range needs(t) {
		for _, command := range commands {
			if command != "go" {
				assert.Contains(t, string(script), "["+command+"]=", "make %s calls it", target)
			}
		}
	}
}

// TestWorkflowsInstallWhatTheirTargetsCall: what a runner does not have is
// installed by a step before the one that needs it.
func TestWorkflowsInstallWhatTheirTargetsCall(t *testing.T) {
	needs := needs(t)
	asked := 0
	for file, jobs := range workflows(t) {
		for name, steps := range jobs {
			there := slices.Clone(onRunners)
			for _, step := range steps {
				for _, call := range makes.FindAllStringSubmatch(step.Run, -1) {
					if found := installs.FindStringSubmatch(call[1]); found != nil {
						there = append(there, strings.Fields(found[1])...)
					}
					for _, word := range strings.Fields(call[1]) {
						for _, command := range needs[word] {
							asked++
							assert.Contains(t, there, command, "%s: job %s runs make %s", file, name, word)
						}
					}
				}
			}
		}
	}
	assert.NotZero(t, asked)
}
